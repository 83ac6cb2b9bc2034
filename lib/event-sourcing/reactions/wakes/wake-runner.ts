import { traced } from '../../runtime/tracing.ts'
import { Attempts, type RunOutcome } from '../checkpoints/attempts.ts'
import { type Checkpoint, settled, type Wake } from '../checkpoints/checkpoint.ts'
import type { CheckpointStore } from '../checkpoints/checkpoint-store.ts'
import { type Lease, LeaseLost } from '../checkpoints/lease.ts'
import { newRecord } from '../checkpoints/reactor-record.ts'
import { inReaction, originOf } from '../reaction-to.ts'
import { type AnyReactor, reactionCommandId } from '../reactor.ts'
import { timerName, type WakeMethod, wakesOf } from './names.ts'
import { isWaiting, type Timers, type WakeUpAsker, woken } from './timers.ts'
import type { WakeCall } from './wake-calls.ts'

/** A wake-up whose method has succeeded. */
export interface WokenUp {
  /** The reactor's name. */
  readonly reactor: string
  /** The id of the resource. */
  readonly id: string
  /** The name of the wake-up. */
  readonly wake: string
  /** The request that led to it. */
  readonly cause: Wake['cause']
  /** How late its method began, in milliseconds. */
  readonly late: number
  /** Whether it was parked before, which explains why it is late. */
  readonly isRetry: boolean
}

export interface WakeRunnerOptions {
  /** The reactor's name. */
  readonly name: string
  readonly reactor: AnyReactor
  /** The name of the wake-up. */
  readonly wake: string
  readonly method: WakeMethod
  readonly checkpoints: CheckpointStore
  readonly timers: Timers
  /** Whether an operator has paused the reactor. */
  readonly isPaused: () => Promise<boolean>
  /** Receives each wake-up that has run, and the duration of its method, in milliseconds. */
  readonly woken: (wakeUp: WokenUp, time: number) => void
}

/** Runs the wake-ups of one name, of one reactor, for single resources. */
export class WakeRunner {
  /** The name of the timers: that of the reactor and of the wake-up. */
  readonly name: string
  readonly #options: WakeRunnerOptions
  readonly #attempts: Attempts
  #isRegistered = false

  constructor(options: WakeRunnerOptions) {
    const { name, reactor, wake } = options
    this.name = timerName(name, wake)
    this.#options = options
    // A method may call any store, so its StoreUnavailable may concern this resource alone.
    const isOutage = (error: unknown) => error instanceof LeaseLost
    this.#attempts = new Attempts({ patience: reactor.patience, tries: reactor.tries, isOutage })
  }

  /** Whether an operator has paused the reactor. */
  isPaused(): Promise<boolean> {
    return this.#options.isPaused()
  }

  /** Registers the timers, so that operators find them. */
  async register(): Promise<void> {
    if (this.#isRegistered) return
    const { checkpoints } = this.#options
    if (!(await checkpoints.reactor(this.name))) {
      // Another process may have registered them first.
      await checkpoints.putReactor(newRecord(this.name, 'now', Date.now()))
    }
    this.#isRegistered = true
  }

  /**
   * Runs the wake-up of a resource, unless it was moved or cancelled.
   * @param isAlone whether nothing else runs in this process
   */
  run(id: string, seen: number, isAlone = false): Promise<RunOutcome> {
    const wanted = { reactor: this.name, id, seen, isAlone }
    return this.#attempts.underLease(this.#options.checkpoints, wanted, (lease) =>
      this.#runUnderLease(lease),
    )
  }

  async #runUnderLease(lease: Lease): Promise<RunOutcome> {
    const { id, seen, wake } = lease.checkpoint
    const done = { outcome: 'done', handled: seen } as const
    if (!wake || !isWaiting(lease.checkpoint)) {
      await lease.write((cancelled) => settled(cancelled, seen, this.#attempts.due()))
      return done
    }
    const passed = () => seen - 1
    if (await this.isPaused()) return this.#attempts.unfinished(lease, passed())
    const failed = () => ({ number: seen, type: this.#options.wake, meta: wake.cause })
    const late = Math.max(0, Date.now() - wake.due)
    const work = (time: number) => this.#wakeUp(lease.checkpoint, wake, { late, time })
    const attempted = await this.#attempts.run(lease, work, { failed, passed })
    if ('ended' in attempted) return attempted.ended
    const { calls, wakeUp } = attempted.result
    const asker = { number: seen, wakeUp, cause: wake.cause }
    const isOwn = ({ name }: WakeCall) => name === this.#options.wake
    const others = calls.filter((call) => !isOwn(call))
    const { timers } = this.#options
    await timers.store(id, others, asker)
    const { at } = calls.find(isOwn) ?? {}
    const next = at === undefined ? undefined : timers.wakeOf(at, asker)
    await lease.write((held) => woken(held, next))
    return done
  }

  /** Calls the method once, with the up-to-date resource. */
  async #wakeUp(
    { id, seen, parked }: Checkpoint,
    { at, by = '', cause }: Wake,
    { late, time }: { readonly late: number; readonly time: number },
  ): Promise<{ readonly calls: readonly WakeCall[]; readonly wakeUp: WakeUpAsker }> {
    const { name, reactor, wake, method, woken } = this.#options
    const began = performance.now()
    const commandId = (position = 1) => reactionCommandId(this.name, id, seen, position, by)
    const wakes = [...wakesOf(reactor).keys()]
    const resource = new reactor.of(id)
    const calls = await traced('reaction', (annotate) => {
      annotate({ reactor: name, resource: id, number: seen, wake, ...originOf(cause) })
      return inReaction({ reactor: name, wakes, id, commandId, cause }, time, async (reaction) => {
        await resource.hydrate()
        return method(resource, { ...reaction, at })
      })
    })
    const wokenUp = { reactor: name, id, wake, cause, late, isRetry: parked !== undefined }
    woken(wokenUp, performance.now() - began)
    return { calls, wakeUp: { commandId: commandId(), version: resource.version } }
  }
}
