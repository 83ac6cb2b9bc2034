import type { Api } from '../api.ts'

type Print = (line: string) => void

interface Build {
  readonly build: number
  readonly version: number
  readonly state: string
  readonly since: string
  readonly compared: number
  readonly isComparing: boolean
  readonly parked: number
}

const NONE = 'No view is built yet. The views of the app appear here within a minute of its start.'

/** Prints the builds of all views. */
export async function progress(api: Api, print: Print): Promise<void> {
  const { views } = await api<{ views: { view: string; builds: Build[] }[] }>(
    '{ views { view builds { build version state since compared isComparing parked } } }',
  )
  if (views.length === 0) print(NONE)
  for (const { view, builds } of views) {
    for (const build of builds) print(`${view}: ${described(build)}`)
  }
}

/** Starts a new build of a view. */
export async function rebuild(view: string, api: Api, print: Print): Promise<void> {
  const mutation = `mutation ($input: RebuildViewInput!) { rebuildView(input: $input) { build } }`
  const { rebuildView } = await api<{ rebuildView: { build: number } }>(mutation, {
    input: { view },
  })
  print(`${view}: build ${rebuildView.build} begins, and answers queries when it has caught up`)
}

function described({ build, version, state, since, ...counts }: Build): string {
  const { compared, isComparing, parked } = counts
  const comparing = isComparing ? `, ${grouped(compared)} resources compared so far` : ''
  return `build ${build} of version ${version}, ${state} since ${since}, ${parked} parked${comparing}`
}

/** Returns a number with commas: 1,204. */
export function grouped(count: number): string {
  return count.toLocaleString('en-US')
}
