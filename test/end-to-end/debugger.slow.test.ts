import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import WebSocket from 'ws'
import { eventually } from '../support/eventually.ts'
import { LocalRun } from '../support/local-run.ts'

// The test acts like an editor's debugger: it attaches to the run, and through it to the threads.

const CONCERT = join(__dirname, '../app/lib/tickets/concert.ts')
const LINE = readFileSync(CONCERT, 'utf8')
  .split('\n')
  .findIndex((line) => line.includes('this.quantity += amount'))

interface Message {
  readonly id?: number
  readonly method?: string
  readonly params?: Record<string, unknown>
  readonly result?: Record<string, unknown>
}

/** A session of the DevTools protocol: https://chromedevtools.github.io/devtools-protocol/v8/ */
class Session {
  readonly events: Message[] = []
  readonly #send: (text: string) => void
  readonly #answers = new Map<number, (message: Message) => void>()
  #id = 0

  constructor(send: (text: string) => void) {
    this.#send = send
  }

  receive(text: string): Message {
    const message: Message = JSON.parse(text)
    if (message.id === undefined) this.events.push(message)
    else this.#answers.get(message.id)?.(message)
    return message
  }

  call(method: string, params: object = {}): Promise<Message> {
    this.#id += 1
    const id = this.#id
    this.#send(JSON.stringify({ id, method, params }))
    return new Promise((resolve) => this.#answers.set(id, resolve))
  }
}

jest.setTimeout(25_000)

let run: LocalRun
let socket: WebSocket
let main: Session
const threads = new Map<string, Session>()

beforeAll(async () => {
  run = await LocalRun.start(undefined, {}, ['--inspect=0'])
  const [address = ''] = /ws:\/\/\S+/.exec(run.output) ?? []
  socket = new WebSocket(address)
  main = new Session((text) => socket.send(text))
  socket.on('message', (data) => {
    const { method, params } = main.receive(String(data))
    const sessionId = `${params?.sessionId}`
    // The run also has threads that run no function.
    const isFunction = JSON.stringify(params?.workerInfo)?.includes('runtime.mjs')
    if (method === 'NodeWorker.attachedToWorker') {
      if (isFunction) void attach(sessionId)
      else void sessionOf(sessionId).call('Runtime.runIfWaitingForDebugger')
    }
    if (method === 'NodeWorker.receivedMessageFromWorker')
      threads.get(sessionId)?.receive(`${params?.message}`)
  })
  await once(socket, 'open')
  await main.call('NodeWorker.enable', { waitForDebuggerOnStart: true })
}, 60_000)

afterAll(async () => {
  socket.terminate()
  await run.remove()
})

/** Returns true if the run and its threads have ended, and undefined before. */
function hasEnded(): true | undefined {
  return socket.readyState === WebSocket.OPEN ? undefined : true
}

function sessionOf(sessionId: string): Session {
  const thread = new Session((message) => {
    void main.call('NodeWorker.sendMessageToWorker', { sessionId, message })
  })
  threads.set(sessionId, thread)
  return thread
}

/** Sets the breakpoint in every file that is built from the TypeScript file, as an editor does. */
async function attach(sessionId: string): Promise<void> {
  const thread = sessionOf(sessionId)
  await thread.call('Debugger.enable')
  await thread.call('Runtime.runIfWaitingForDebugger')
  // A thread that waited for the debugger stops at its first line.
  await eventually(async () => stopOf(thread) ?? hasEnded())
  if (hasEnded()) return
  for (const breakpoint of breakpoints())
    await thread.call('Debugger.setBreakpointByUrl', breakpoint)
  await thread.call('Debugger.resume')
}

/** Returns the positions of the line in the code of the functions, from the source maps. */
function breakpoints() {
  const folder = join(run.folder, 'functions')
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return files
    .filter((file) => file.endsWith('.mjs'))
    .flatMap((file) => {
      const path = join(folder, file)
      const map = JSON.parse(readFileSync(`${path}.map`, 'utf8'))
      const sourceMap = new SourceMap(map)
      const code = readFileSync(path, 'utf8').split('\n')
      const lineNumber = code.findIndex((text, line) => {
        const found = sourceMap.findEntry(line, text.length - text.trimStart().length)
        return (
          'originalSource' in found &&
          `${map.sourceRoot}${found.originalSource}` === CONCERT &&
          found.originalLine === LINE
        )
      })
      return lineNumber < 0 ? [] : [{ url: pathToFileURL(path).href, lineNumber }]
    })
}

/** Returns the event that stopped a thread; undefined if the thread is running. */
function stopOf({ events }: Session): Message | undefined {
  const last = events.findLast(({ method }) => /^Debugger\.(paused|resumed)$/.test(`${method}`))
  return last?.method === 'Debugger.paused' ? last : undefined
}

/** Waits for a thread that is stopped at the breakpoint, and returns it. */
const stopped = () =>
  eventually(async () =>
    [...threads.values()].find((thread) => {
      const breakpoints = stopOf(thread)?.params?.hitBreakpoints
      return Array.isArray(breakpoints) && breakpoints.length > 0
    }),
  )

test('a breakpoint in TypeScript stops the function until the debugger resumes it', async () => {
  const addSeats = 'mutation { addSeats(input: { amount: 3 }) { quantity } }'
  const answer = run.graphql(addSeats)
  const thread = await stopped()
  const [frame] = JSON.parse(JSON.stringify(stopOf(thread)?.params?.callFrames))
  const amount = await thread.call('Debugger.evaluateOnCallFrame', {
    callFrameId: frame.callFrameId,
    expression: 'amount',
  })
  expect(amount.result).toMatchObject({ result: { value: 3 } })
  await thread.call('Debugger.resume')
  expect(await answer).toMatchObject({ data: { addSeats: { quantity: 3 } } })
})

test('a run ends even while a function is stopped', async () => {
  const unanswered = run.graphql('mutation { addSeats(input: { amount: 4 }) { quantity } }')
  unanswered.catch(() => {})
  await stopped()
  await run.end()
  expect(existsSync(join(run.folder, 'outputs.json'))).toBe(false)
})

test('node inspect can attach to each function’s thread', async () => {
  expect(run.output).toMatch(/ticketsCommands\w+ {2}node inspect 127\.0\.0\.1:\d+/)
})
