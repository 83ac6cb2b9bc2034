import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

const ROOT = join(__dirname, '../..')

function run(file: string, ...args: string[]) {
  const command = ['--import', 'tsx', join('bench', file), ...args]
  const { status, stdout, stderr } = spawnSync(process.execPath, command, {
    cwd: ROOT,
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

test.each(['event-store.ts', 'local-run.ts', 'feed.ts', 'costs.ts', 'simulate.ts'])(
  'bench/%s lists its options',
  (file) => {
    expect(run(file, '--help')).toEqual({
      status: 0,
      stdout: expect.stringMatching(/npm run .*--help {2,}print this text/s),
      stderr: '',
    })
  },
)

test.each([
  ['event-store.ts', ['--fast'], "Unknown option '--fast': --help lists the options\n"],
  [
    'event-store.ts',
    ['reads'],
    'There is no section reads: the sections are hydration, latency, memory, commands, writers, all, bundles, functions, views\n',
  ],
  ['local-run.ts', ['--seconds', '1s'], '--seconds must be a number above 0; got 1s\n'],
  ['local-run.ts', ['--only', 'start'], '--only must be load, views, tokens or rules; got start\n'],
  ['costs.ts', ['--mesure'], "Unknown option '--mesure': --help lists the options\n"],
  ['simulate.ts', ['--rate', '1k'], '--rate must be a whole number from 1; got 1k\n'],
  ['simulate.ts', ['--resources', '1'], '--resources must be a whole number from 2; got 1\n'],
  [
    'simulate.ts',
    ['--scenario', 'steady', '--write'],
    '--write needs all scenarios: leave out --scenario, --rate and --resources\n',
  ],
  ['feed.ts', ['quick'], "Unexpected argument 'quick': --help lists the options\n"],
])('bench/%s rejects %j with one line', (file, args, line) => {
  expect(run(file, ...args)).toEqual({ status: 2, stdout: '', stderr: line })
})
