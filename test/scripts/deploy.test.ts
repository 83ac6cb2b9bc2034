import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { newFolder } from '../support/run-folder.ts'

const SCRIPT = join(__dirname, '../../scripts/deploy.mjs')

/** A cdk that notes its arguments, and writes the outputs if it succeeds. */
const FAKE = `#!${process.execPath}
const { writeFileSync } = require('node:fs')
const args = process.argv.slice(2)
writeFileSync('args.json', JSON.stringify(args))
const [, file] = /--outputs-file[ =](.+)/.exec(args.join(' ')) ?? []
const status = Number(process.env.FAKE_STATUS)
if (status === 0 && !args.includes('--help')) writeFileSync(file, '{}')
process.exit(status)
`

function deploy(args: readonly string[], status = 0) {
  const cwd = newFolder('deploy')
  mkdirSync(join(cwd, 'bin'))
  writeFileSync(join(cwd, 'bin/cdk'), FAKE, { mode: 0o755 })
  const result = spawnSync(process.execPath, [SCRIPT, ...args], {
    cwd,
    encoding: 'utf8',
    env: {
      ...process.env,
      PATH: `${join(cwd, 'bin')}${delimiter}${process.env.PATH}`,
      FAKE_STATUS: `${status}`,
    },
  })
  const seen: string[] = JSON.parse(readFileSync(join(cwd, 'args.json'), 'utf8'))
  return { status: result.status, stdout: result.stdout, seen }
}

test('a deployment ends with the command that checks it', () => {
  const { status, stdout, seen } = deploy([])
  expect(seen).toEqual(['deploy', '--outputs-file', 'cdk.out/outputs.json'])
  expect(stdout).toContain('  npm run accept -- --outputs cdk.out/outputs.json\n')
  expect(status).toBe(0)
})

test('arguments reach cdk, and the printed command uses the same profile', () => {
  const given = ['-c', 'stage=prod', '--profile', 'my team', '--region', 'eu-west-1']
  const { stdout, seen } = deploy(given)
  expect(seen).toEqual(['deploy', ...given, '--outputs-file', 'cdk.out/outputs.json'])
  expect(stdout).toContain('--outputs cdk.out/outputs.json --profile "my team"\n')
})

test('a file of your own receives the outputs', () => {
  const { stdout, seen } = deploy(['--outputs-file=mine.json'])
  expect(seen).toEqual(['deploy', '--outputs-file=mine.json'])
  expect(stdout).toContain('npm run accept -- --outputs mine.json\n')
})

test.each([
  ['a failed deployment', [], 3],
  ['a call that deploys nothing', ['--help'], 0],
])('%s prints no command, and keeps the exit status', (_, args, expected) => {
  const { status, stdout } = deploy(args, expected)
  expect(stdout).not.toContain('npm run accept')
  expect(status).toBe(expected)
})
