// `npm run bench:feed`: measures latencies, rates and recovery times of the feed, the client and
// the reactors on this machine. Prints figures and writes bench/feed-results.md. Asserts nothing.
import { writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import { commandLine } from './command-line.ts'
import { recovery } from './feed/recovery.ts'
import { type Row, Run } from './feed/run.ts'
import { latency, parked, throughput, watchers } from './feed/sections.ts'

const HELP = `Measures the feed, the client and the reactors on this machine: npm run bench:feed

  --help  print this text

It takes several minutes and writes bench/feed-results.md.
`

const SECTIONS: readonly (readonly [string, (run: Run) => Promise<Row[]>])[] = [
  ['From a commit to a watcher', latency],
  ['A thousand watchers in one process', watchers],
  ['Bursts', throughput],
  ['After a fault: until a watcher has every event, and until no order is pending', recovery],
]

commandLine(HELP, {})

const gib = Math.round(totalmem() / 2 ** 30)
const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, ${gib} GiB, Node.js ${process.version}`
const lines = [
  '# Feed, client and reactors',
  '',
  '`npm run bench:feed` wrote this. Everything, the clients included, shared one machine:',
  `${machine}. What is tried again every minute was tried every 0.2 s, and the reconciler, which finds`,
  'what a stream has lost, ran every 72 s instead of every six hours.',
]

function report(title: string, rows: readonly Row[]): void {
  const table = rows.map(([what, figure]) => `| ${what} | ${figure} |`)
  const section = ['', `## ${title}`, '', '| what | figure |', '| --- | --- |', ...table]
  lines.push(...section)
  process.stdout.write(`${section.join('\n')}\n`)
}

const run = new Run()
try {
  await run.start()
  for (const [title, section] of SECTIONS) report(title, await section(run))
} finally {
  await run.remove()
}
report('What a parked resource costs the others', await parked())
writeFileSync(join(import.meta.dirname, 'feed-results.md'), `${lines.join('\n')}\n`)
