import { execFileSync } from 'node:child_process'

/** Returns the ids of the child processes of these parents. */
export function childrenOf(...parents: number[]): number[] {
  return running()
    .filter(({ parent }) => parents.includes(parent))
    .map(({ pid }) => pid)
}

export function isRunning(pid: number): boolean {
  return running().some((process) => process.pid === pid)
}

/** Returns all processes except zombies. */
function running() {
  return execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , state = '']) => !state.startsWith('Z'))
    .map(([pid, parent]) => ({ pid: Number(pid), parent: Number(parent) }))
}
