import { Commands } from './commands.ts'
import { Clock } from './engine/clock.ts'
import { Histogram } from './engine/histogram.ts'
import { Account, Environments, TokenBucket } from './engine/quotas.ts'
import { Random } from './engine/random.ts'
import { Feed } from './feed.ts'
import { HotCommits } from './hot-commits.ts'
import { Reactions } from './reactions.ts'
import type { Result, Second } from './result.ts'
import type { Load, Settings } from './settings.ts'
import { Stream } from './stream.ts'

const SECOND = 1000

/** One run: a base load, a burst and the recovery, through all parts of the stack. */
export class Simulation {
  readonly clock = new Clock()
  readonly commands: Commands
  readonly #settings: Settings
  readonly #random: Random
  readonly #feed: Feed
  readonly #feedStream: Stream
  readonly #reactions: Reactions
  readonly #reactionStream: Stream
  readonly #hot: HotCommits
  readonly #seconds: Second[] = []
  readonly #arrival: number
  readonly #tick: number
  #isSplit = false
  #seen = { offered: 0, accepted: 0, throttled: 0 }

  constructor(settings: Settings) {
    this.#settings = settings
    const { clock } = this
    const { load, quotas, times, seed } = settings
    const random = new Random(seed)
    this.#random = random
    const account = new Account(clock, quotas.concurrency)
    const functions = (warm: number) => new Environments(clock, account, warm)
    const bucket = (rate: number) => new TokenBucket(clock, rate)
    const tokens = bucket(quotas.tokens)
    // After a split, each partition has two successors.
    const shards = quotas.splitAt === undefined ? quotas.partitions : 3 * quotas.partitions
    const partitions = Array.from({ length: shards }, () => bucket(quotas.partitionWrites))
    const { subscribers, reactions: share, hotReaction } = load

    const outbound = bucket(quotas.outbound)
    this.#feed = new Feed({ clock, random, times, tokens, outbound, subscribers })
    const streamOf = (warm: number, atOnce: number, handle: (batch: number) => void) =>
      new Stream({ clock, random, functions: functions(warm), shards, atOnce, handle })
    this.#feedStream = streamOf(0, quotas.feedAtOnce, (batch) => this.#feed.handle(batch))
    this.#feed.reads(this.#feedStream)

    const partition = bucket(quotas.partitionWrites)
    this.#hot = new HotCommits({ clock, random, times, partition })
    const dispatcher = functions(0)
    this.#reactions = new Reactions({
      ...{ clock, random, times, share, functions: dispatcher },
      due: bucket(quotas.dueWrites),
      hot: hotReaction ? this.#hot : undefined,
      onReaction: () => this.#publishReaction(),
    })
    const handle = (batch: number) => this.#reactions.handle(batch)
    const reader = { clock, random, functions: dispatcher, shards, atOnce: 1, handle }
    this.#reactionStream = new Stream(reader)
    this.#reactions.reads(this.#reactionStream)

    this.commands = new Commands({
      ...{ clock, random, settings, tokens, partitions },
      functions: functions(quotas.warm),
      versions: new Int32Array(load.resources),
      partitionOf: (resource) => this.#partitionOf(resource),
      onCommit: (shard) => this.#publish(shard),
    })
    this.#arrival = clock.kind(() => this.#arrive())
    this.#tick = clock.kind((second) => this.#count(second))
  }

  run(): Result {
    const { seconds } = this.#settings.load
    const all = seconds.reduce((sum, part) => sum + part, 0)
    for (let second = 1; second <= all; second += 1) {
      this.clock.at(second * SECOND, this.#tick, second)
    }
    this.clock.at(0, this.#arrival, 0)
    this.clock.runUntil(seconds[0] * SECOND)
    this.commands.latency = new Histogram()
    this.clock.runUntil(all * SECOND)
    const { commands } = this
    return {
      load: this.#settings.load,
      seconds: this.#seconds,
      latency: commands.latency,
      commands,
      feed: this.#feed,
      feedLag: this.#feedStream.lag,
      reactions: this.#reactions,
      hot: this.#hot,
    }
  }

  #arrive(): void {
    const { clock } = this
    const { load } = this.#settings
    const second = clock.now / SECOND
    const [before, burst, after] = load.seconds
    if (second >= before + burst + after) return
    const isBurst = second >= before && second < before + burst
    const rate = isBurst ? load.burst : load.base
    if (rate === 0) {
      clock.at((isBurst ? before + burst : before) * SECOND, this.#arrival, 0)
      return
    }
    clock.after(this.#random.exponential(SECOND / rate), this.#arrival, 0)
    this.commands.send(this.#resource(load, isBurst))
  }

  /** Chooses a resource. The first one is the hot one, which has no other load. */
  #resource({ resources, hotShare }: Load, isBurst: boolean): number {
    if (isBurst && hotShare > 0 && this.#random.next() < hotShare) return 0
    return resources === 1 ? 0 : 1 + this.#random.below(resources - 1)
  }

  #partitionOf(resource: number): number {
    const { partitions } = this.#settings.quotas
    return this.#isSplit ? partitions + (resource % (2 * partitions)) : resource % partitions
  }

  #publish(shard: number): void {
    this.#feedStream.add(shard)
    if (this.#settings.load.reactions > 0) this.#reactionStream.add(shard)
  }

  /** A reaction commits two events, to the feed only: no reactor handles them. */
  #publishReaction(): void {
    const { resources, hotReaction } = this.#settings.load
    this.#feedStream.add(this.#partitionOf(this.#random.below(resources)))
    this.#feedStream.add(this.#partitionOf(hotReaction ? 0 : this.#random.below(resources)))
  }

  #count(second: number): void {
    const { commands } = this
    const { offered, accepted, throttled } = commands
    this.#seconds.push({
      offered: offered - this.#seen.offered,
      accepted: accepted - this.#seen.accepted,
      throttled: throttled - this.#seen.throttled,
      feedAge: this.#feedStream.age,
      queues: {
        'commands that retry or wait': commands.underWay,
        'stream before the feed': this.#feedStream.waiting,
        'stream before the dispatcher': this.#reactionStream.waiting,
        'reactions in invocations': this.#reactions.waiting,
      },
    })
    this.#seen = { offered, accepted, throttled }
    if (second === this.#settings.quotas.splitAt) this.#split()
  }

  /** Every partition splits: the readers have to end its shard before those of its successors. */
  #split(): void {
    const { partitions } = this.#settings.quotas
    this.#isSplit = true
    for (let child = 0; child < 2 * partitions; child += 1) {
      for (const stream of [this.#feedStream, this.#reactionStream]) {
        stream.follow(partitions + child, child % partitions)
      }
    }
  }
}
