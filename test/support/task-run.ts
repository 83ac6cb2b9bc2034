import { MainProcess } from '../local/support/main-process.ts'
import { eventually } from './eventually.ts'
import type { Outputs } from './local-run.ts'
import { newFolder } from './run-folder.ts'
import { Subscriber } from './subscriber.ts'
import { TaskApp } from './task-app.ts'

interface Answer {
  readonly data?: Record<string, { readonly answer: string }>
  readonly errors?: readonly { readonly message: string }[]
}

/** Runs the small app and watches its sources, for the tests of a file. */
export function withTaskRun() {
  let app: TaskApp
  let main: MainProcess
  let outputs: Outputs
  let subscriber: Subscriber

  beforeAll(async () => {
    app = new TaskApp()
    const state = newFolder('reload')
    main = new MainProcess(['--port', '0', '--data', state], app.folder)
    outputs = { apiKey: '', ...(await main.ready(state)) }
    subscriber = await Subscriber.connect(outputs)
  }, 60_000)

  afterAll(async () => {
    await subscriber.close()
    await main.kill('SIGINT')
    app.remove()
  }, 60_000)

  async function graphql(query: string): Promise<Answer> {
    const response = await fetch(outputs.graphqlUrl, {
      method: 'POST',
      headers: { 'x-api-key': outputs.apiKey },
      body: JSON.stringify({ query }),
    })
    const answer: Answer = JSON.parse(await response.text())
    return answer
  }

  return {
    get app() {
      return app
    },
    get subscriber() {
      return subscriber
    },
    graphql,
    /** Waits until the code that answers queries returns this answer. */
    answerIs: (answer: string) =>
      eventually(async () => {
        const { data } = await graphql('{ task(id: "a") { answer } }')
        return data?.task?.answer === answer || undefined
      }, 40_000),
    /** Returns a function that waits for a text printed from now on. */
    printed() {
      const before = main.output.length
      return (text: string | RegExp) =>
        eventually(async () => main.output.slice(before).match(text) ?? undefined, 40_000)
    },
  }
}
