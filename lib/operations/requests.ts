import type { Api } from './api.ts'
import type { Request } from './options.ts'

type Print = (line: string) => void

/** The maximum number of parked resources in one response of the API. */
const MOST_PARKED = 1000

const CHECKPOINT = `{
  reactor id handled seen due
  parked { number type error at since times traceId }
  skipped { number reason at }
}`

interface Checkpoint {
  readonly reactor: string
  readonly id: string
  readonly handled: number | null
  readonly seen: number
  readonly due: string | null
  readonly parked: Parked | null
}

interface Parked {
  readonly number: number
  readonly type: string
  readonly error: string
  readonly at: string | null
  readonly since: string
  readonly times: number
  readonly traceId: string | null
}

interface Progress {
  readonly resources: number
  readonly behind: number
  readonly parked: number
  readonly waiting: number
  readonly next: string | null
  readonly paused: string | null
  readonly after: string | null
}

/** Runs the request and prints its result. */
export async function perform(request: Request, api: Api, print: Print): Promise<void> {
  switch (request.name) {
    case 'list':
      return forEach(await reactors(api), print, print)
    case 'progress':
      return forEach(await chosen(request.reactor, api), print, (name) =>
        progress(name, api, print),
      )
    case 'parked':
      return forEach(await chosen(request.reactor, api), print, (name) => parked(name, api, print))
    case 'retry':
    case 'skip':
      return change(request, api, print)
    case 'pause':
    case 'resume':
      return switchReactor(request, api, print)
    case 'replay':
      await chosen(request.reactor, api)
      return replay(request, api, print)
  }
}

const NONE =
  'No reactor has run yet. The reactors of the app appear here within a minute of its start or deployment.'

/** Shows each reactor, one after the other, or prints that none has run. */
async function forEach(
  names: readonly string[],
  print: Print,
  show: (name: string) => void | Promise<void>,
): Promise<void> {
  if (names.length === 0) print(NONE)
  for (const name of names) await show(name)
}

async function reactors(api: Api): Promise<readonly string[]> {
  return (await api<{ reactors: string[] }>('{ reactors }')).reactors
}

async function chosen(reactor: string | undefined, api: Api): Promise<readonly string[]> {
  const all = await reactors(api)
  if (reactor === undefined) return all
  if (all.includes(reactor)) return [reactor]
  if (all.length === 0) throw new Error(NONE)
  throw new Error(`There is no reactor ${reactor}. The reactors are: ${all.join(', ')}`)
}

async function progress(reactor: string, api: Api, print: Print): Promise<void> {
  const query = `query ($reactor: String!, $after: ID) {
    reactorProgress(reactor: $reactor, after: $after) {
      resources behind parked waiting next paused after
    }
  }`
  const sum = { resources: 0, behind: 0, parked: 0, waiting: 0 }
  const dates: string[] = []
  let after: string | null = null
  let since: string | null = null
  do {
    const answer: { reactorProgress: Progress } = await api(query, { reactor, after })
    const counted = answer.reactorProgress
    sum.resources += counted.resources
    sum.behind += counted.behind
    sum.parked += counted.parked
    sum.waiting += counted.waiting
    if (counted.next !== null) dates.push(counted.next)
    after = counted.after
    since = counted.paused
  } while (after)
  const { resources, behind, parked, waiting } = sum
  const [next] = dates.sort()
  const wakeUps = next === undefined ? '' : `, ${waiting} wake-ups waiting, next at ${next}`
  const pause = since === null ? '' : `, paused since ${since}`
  print(`${reactor}: ${resources} resources, ${behind} behind, ${parked} parked${wakeUps}${pause}`)
}

async function parked(reactor: string, api: Api, print: Print): Promise<void> {
  const query = `query ($reactor: String!) {
    parkedReactions(reactor: $reactor, limit: ${MOST_PARKED}) ${CHECKPOINT}
  }`
  const answer: { parkedReactions: Checkpoint[] } = await api(query, { reactor })
  if (answer.parkedReactions.length === 0) print(`${reactor}: nothing is parked`)
  for (const checkpoint of answer.parkedReactions) print(described(checkpoint))
  if (answer.parkedReactions.length === MOST_PARKED) {
    print(`${reactor}: the list ends after ${MOST_PARKED} resources, and there may be more`)
  }
}

type Change = Extract<Request, { name: 'retry' | 'skip' }>

async function change({ name, ...input }: Change, api: Api, print: Print): Promise<void> {
  const type = name === 'retry' ? 'RetryReactionInput' : 'SkipReactionInput'
  const mutation = `mutation ($input: ${type}!) {
    changed: ${name}Reaction(input: $input) ${CHECKPOINT}
  }`
  const { changed }: { changed: Checkpoint } = await api(mutation, { input })
  print(described(changed))
}

async function switchReactor(
  { name, reactor }: Extract<Request, { name: 'pause' | 'resume' }>,
  api: Api,
  print: Print,
): Promise<void> {
  const type = name === 'pause' ? 'PauseReactorInput' : 'ResumeReactorInput'
  const mutation = `mutation ($input: ${type}!) {
    changed: ${name}Reactor(input: $input) { paused }
  }`
  const input = { reactor }
  const { changed }: { changed: { paused: string | null } } = await api(mutation, { input })
  print(`${reactor}: ${changed.paused === null ? 'runs' : `paused since ${changed.paused}`}`)
}

async function replay(
  { reactor, id }: Extract<Request, { name: 'replay' }>,
  api: Api,
  print: Print,
): Promise<void> {
  const mutation = `mutation ($input: ReplayReactorInput!) {
    replayReactor(input: $input) { rewound after }
  }`
  let sum = 0
  let after: string | null = null
  do {
    const input = { reactor, id, after }
    const answer: { replayReactor: { rewound: number; after: string | null } } = await api(
      mutation,
      { input },
    )
    sum += answer.replayReactor.rewound
    after = answer.replayReactor.after
    print(`${reactor}: ${sum} resources start again`)
  } while (after)
}

function described({ reactor, id, handled, seen, due, parked }: Checkpoint): string {
  const where = `${reactor} ${id}: handled ${handled ?? 'none'} of ${seen}`
  if (!parked) return `${where}${due ? `, next attempt at ${due}` : ''}`
  const { number, type, error, at, since, times, traceId } = parked
  return [
    `${where}, parked ${times} times since ${since}, next attempt at ${due}`,
    `  event ${number}, ${type}: ${error}`,
    ...(at ? [`  at ${at}`] : []),
    ...(traceId ? [`  trace ${traceId}`] : []),
  ].join('\n')
}
