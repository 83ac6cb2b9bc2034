/** One physical copy of a view: built from the first event on. */
export interface Build {
  /** 1, 2, 3 … within the view. */
  readonly build: number
  /** The version of the code that builds it. */
  readonly version: number
  readonly state: BuildState
  /** Since when it is in this state, as ISO 8601. */
  readonly since: string
}

/**
 * `building`: takes in all events from the first on. `serving`: answers queries. `removing`: is
 * replaced, and will be deleted.
 */
export type BuildState = 'building' | 'serving' | 'removing'

/** All builds of a view. */
export interface ViewRecord {
  readonly view: string
  readonly builds: readonly Build[]
  /** The number of the newest build so far. */
  readonly newest: number
  /** Counts the writes. 0: not stored yet. */
  readonly revision: number
}

export function newRecord(view: string): ViewRecord {
  return { view, builds: [], newest: 0, revision: 0 }
}

/** Returns the builds that code of a version keeps up to date. */
export function liveBuilds({ builds }: ViewRecord, version: number): Build[] {
  return builds.filter((build) => build.version === version && build.state !== 'removing')
}

/** Returns the build that answers queries: the serving one; before the first one, the newest. */
export function answering({ builds }: ViewRecord): Build | undefined {
  const serving = builds.find(({ state }) => state === 'serving')
  return serving ?? builds.filter(({ state }) => state === 'building').at(-1)
}

/** Adds a build for code of a version, unless it has one. */
export function withVersion(record: ViewRecord, version: number, now: number): ViewRecord {
  return liveBuilds(record, version).length > 0 ? record : withBuild(record, version, now)
}

/** Starts a build anew. An unfinished build of the same version is given up. */
export function rebuilding(record: ViewRecord, version: number, now: number): ViewRecord {
  const builds = record.builds.map((build) =>
    build.state === 'building' && build.version === version
      ? inState(build, 'removing', now)
      : build,
  )
  return withBuild({ ...record, builds }, version, now)
}

function withBuild(record: ViewRecord, version: number, now: number): ViewRecord {
  const build = record.newest + 1
  const since = new Date(now).toISOString()
  const added: Build = { build, version, state: 'building', since }
  return { ...record, builds: [...record.builds, added], newest: build }
}

/** Lets a build answer queries in place of all others. */
export function switchedTo(record: ViewRecord, build: number, now: number): ViewRecord {
  return {
    ...record,
    builds: record.builds.map((one) => {
      if (one.build === build) return inState(one, 'serving', now)
      return one.state === 'removing' ? one : inState(one, 'removing', now)
    }),
  }
}

/** Forgets a build whose entries are deleted. */
export function without(record: ViewRecord, build: number): ViewRecord {
  return { ...record, builds: record.builds.filter((one) => one.build !== build) }
}

function inState(build: Build, state: BuildState, now: number): Build {
  return { ...build, state, since: new Date(now).toISOString() }
}

/** Gives up all builds of a view that is not in the code any more. */
export function removingAll(record: ViewRecord, now: number): ViewRecord {
  if (record.builds.every(({ state }) => state === 'removing')) return record
  return { ...record, builds: record.builds.map((build) => inState(build, 'removing', now)) }
}
