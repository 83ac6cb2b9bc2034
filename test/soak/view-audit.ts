import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { FaultyRun } from './run.ts'

const ROOT = join(__dirname, '../..')
const APP = join(ROOT, 'test/app')

/** The audit of the views of a run of the tests' app. */
export class ViewAudit {
  readonly #run: FaultyRun

  constructor(run: FaultyRun) {
    this.#run = run
  }

  /** Lets a view be built anew, beside the one that serves. Faults may need several attempts. */
  async rebuild(view: string): Promise<void> {
    const rebuild = `mutation ($input: RebuildViewInput!) { rebuildView(input: $input) { build } }`
    for (;;) {
      // A fault may also close the connection.
      const answer = await this.#run.current.operate(rebuild, { input: { view } }).catch(() => {})
      if (answer?.data?.rebuildView) return
    }
  }

  /** Returns the views whose newest build does not serve yet. Retries parked resources at once. */
  async unfinished(): Promise<readonly string[]> {
    const { data: reactors } = await this.#run.current.operate('{ reactors }', {})
    for (const reactor of reactors?.reactors ?? []) await this.#tryParkedAgain(reactor)
    const query = '{ views { view builds { build state parked } } }'
    const { data } = await this.#run.current.operate(query, {})
    const views = data?.views ?? []
    return views
      .filter(({ builds }) => builds.at(-1)?.state !== 'serving')
      .map(({ view, builds }) => `${view}: ${JSON.stringify(builds)}`)
  }

  async #tryParkedAgain(reactor: string): Promise<void> {
    if (!reactor.startsWith('view.')) return
    const parked = `query ($reactor: String!) { parkedReactions(reactor: $reactor, limit: 1000) { id } }`
    const { data } = await this.#run.current.operate(parked, { reactor })
    for (const { id } of data?.parkedReactions ?? []) {
      const retry = `mutation ($input: RetryReactionInput!) { retryReaction(input: $input) { id } }`
      await this.#run.current.operate(retry, { input: { reactor, id } })
    }
  }

  /** Compares all views with all histories. Returns the differences. */
  async differences(): Promise<readonly string[]> {
    const main = join(ROOT, 'lib/operations/views/main.ts')
    const args = ['--import', 'tsx', main, 'verify', '--data', this.#run.folder]
    const child = spawn(process.execPath, args, { cwd: APP, stdio: ['ignore', 'pipe', 'pipe'] })
    let printed = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        printed += chunk
      })
    }
    const [code] = await once(child, 'exit')
    process.stdout.write(`soak: ${printed.trim().replaceAll('\n', '\nsoak: ')}\n`)
    return code === 0 ? [] : [printed]
  }
}
