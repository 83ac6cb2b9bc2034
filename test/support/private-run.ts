import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Outputs } from '../../lib/local/state-folder.ts'
import { MainProcess } from '../local/support/main-process.ts'
import { eventually } from './eventually.ts'
import { privateApp } from './private-app.ts'
import { newFolder } from './run-folder.ts'
import type { TaskApp } from './task-app.ts'

/** The text that a client puts wherever it can. */
export const PAYLOAD = 'pay-load'

/**
 * Runs the app whose errors contain payloads, for the tests of a file.
 * @param context the context of its stack
 */
export function withPrivateRun(context: object = {}) {
  const state = newFolder('private')
  let app: TaskApp
  let main: MainProcess
  let outputs: Outputs

  beforeAll(async () => {
    app = privateApp()
    app.write('cdk.json', JSON.stringify({ app: 'tsx app.ts', context }))
    main = new MainProcess(['--port', '0', '--data', state], app.folder)
    outputs = await main.ready(state)
  }, 60_000)
  afterAll(async () => {
    await main?.kill('SIGINT')
    app.remove()
  }, 30_000)

  async function graphql(query: string, variables: object = {}): Promise<string> {
    const response = await fetch(outputs.graphqlUrl, {
      method: 'POST',
      headers: { 'x-api-key': outputs.apiKey ?? '' },
      body: JSON.stringify({ query, variables }),
    })
    return response.text()
  }

  /** Returns the lines of all logs and traces. */
  function recorded(): string[] {
    const logs = join(state, 'logs')
    const files = [
      ...readdirSync(logs).map((file) => join(logs, file)),
      join(state, 'traces.jsonl'),
    ]
    const texts = files.map((file) => readFileSync(file, 'utf8'))
    return [main.output, ...texts].join('\n').split('\n')
  }

  return {
    get outputs() {
      return outputs
    },
    graphql,
    /** Sends a command, under an alias. */
    give: (input: object) =>
      graphql(
        `mutation ($input: GiveTaskInput!) { ${PAYLOAD.replace('-', '_')}: giveTask(input: $input) { id } }`,
        { input: { note: PAYLOAD, as: 'given', ...input } },
      ),
    recorded,
    /** Waits for a line with all these parts. */
    logged: (...parts: readonly string[]) =>
      eventually(
        async () => recorded().find((line) => parts.every((part) => line.includes(part))),
        20_000,
      ),
  }
}
