import { readdirSync, readFileSync } from 'node:fs'

/** Linux counts processor time in hundredths of a second. */
const TICK = 10

/** The milliseconds of processor time, user and system, by program. */
export type ProcessorTime = ReadonlyMap<string, number>

/**
 * Returns the processor time that a process and its descendants have used so far, by program. Lists
 * the main threads of Node.js separately from its other threads. Returns undefined if the system
 * has no /proc.
 */
export function processorTime(pid: number): ProcessorTime | undefined {
  const times = new Map<string, number>()
  const add = (name: string, time: number) => times.set(name, (times.get(name) ?? 0) + time)
  try {
    for (const id of descendants(pid)) {
      const name = programOf(id)
      const all = usedBy(`/proc/${id}/stat`)
      if (name === 'node') {
        const main = usedBy(`/proc/${id}/task/${id}/stat`)
        add('main thread', main)
        add('functions and other threads', all - main)
      } else {
        add(name, all)
      }
    }
    return times
  } catch {
    return undefined
  }
}

/** Returns the processor time that was used between two measurements. */
export function usedSince(before: ProcessorTime, after: ProcessorTime): ProcessorTime {
  return new Map([...after].map(([name, time]) => [name, time - (before.get(name) ?? 0)]))
}

function descendants(pid: number): number[] {
  const found = [pid]
  for (const id of found) {
    for (const thread of readdirSync(`/proc/${id}/task`)) {
      const children = readFileSync(`/proc/${id}/task/${thread}/children`, 'utf8')
      found.push(...children.split(' ').filter(Boolean).map(Number))
    }
  }
  return found
}

function programOf(pid: number): string {
  const [path = ''] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  return path.split(/[/ ]/).at(path.includes('npm') ? 0 : -1) ?? path
}

/** Returns user and system time: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html. */
function usedBy(file: string): number {
  const text = readFileSync(file, 'utf8')
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * TICK
}
