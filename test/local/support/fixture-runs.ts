import { existsSync, readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Outputs } from '../../../lib/local/state-folder.ts'
import { cdkApp, synthesize } from '../../../lib/local/synthesis/index.ts'
import { readJsonLines } from './json-lines.ts'
import { FIXTURE, MainProcess } from './main-process.ts'

/** Provides runs of an app, synthesized once per file, with a state folder per test. */
export function withFixtureRuns(app = FIXTURE) {
  let folder: string
  let state: string
  const processes: MainProcess[] = []

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'local-'))
    await synthesize(await cdkApp(app), join(folder, 'assembly'))
  })
  beforeEach(async () => {
    state = await mkdtemp(join(folder, 'state-'))
  })
  afterEach(async () => {
    await Promise.all(processes.splice(0).map((process) => process.kill('SIGKILL')))
  })
  afterAll(async () => {
    await rm(folder, { recursive: true })
  })

  return {
    /** The folder that all tests of the file share. */
    get folder() {
      return folder
    },
    get state() {
      return state
    },
    start(args: string[], cwd?: string, env?: Readonly<Record<string, string>>): MainProcess {
      const process = new MainProcess(args, cwd, env)
      processes.push(process)
      return process
    },
    /** Returns the options that run the synthesized app on the test's own folder. */
    assembled: () => ['--port', '0', '--data', state, '--assembly', join(folder, 'assembly')],
    /** Returns what the run's function for announcements has logged. */
    announcements(): unknown[] {
      const logs = join(state, 'logs')
      const files = existsSync(logs) ? readdirSync(logs) : []
      const file = files.find((name) => name.startsWith('Announcer'))
      if (file === undefined) return []
      return readJsonLines(join(logs, file)).map(({ message }) =>
        typeof message === 'object' && message !== null && 'announced' in message
          ? message.announced
          : message,
      )
    },
    async graphql({ graphqlUrl, apiKey = '' }: Outputs, query: string) {
      const response = await fetch(graphqlUrl, {
        method: 'POST',
        headers: { 'x-api-key': apiKey, 'content-type': 'application/json' },
        body: JSON.stringify({ query }),
      })
      return response.json()
    },
  }
}

export const count = (id: string) => `mutation { count(id: "${id}") { id number } }`
