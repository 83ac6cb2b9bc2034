import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { LocalRun } from '../support/local-run.ts'
import { newFolder } from '../support/run-folder.ts'

const ROOT = join(__dirname, '../..')

let run: LocalRun

beforeAll(async () => {
  run = await LocalRun.start()
}, 60_000)
afterAll(() => run?.remove(), 30_000)

/** Runs lines in the shell, in the folder of the tests' application. */
async function shell(lines: readonly string[], folder = run.folder, cwd = 'test/app') {
  const main = ['--import', 'tsx', join(ROOT, 'lib/shell/main.ts'), '--data', folder]
  const child = spawn(process.execPath, main, { cwd: join(ROOT, cwd) })
  child.stdin.on('error', () => {})
  child.stdin.end(lines.map((line) => `${line}\n`).join(''))
  const code = new Promise<number | null>((resolve) => child.on('close', resolve))
  const [output, error] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { output, error, code: await code }
}

test('the shell runs line by line on the local tables, with each class under its name', async () => {
  const { data } = await run.graphql('mutation { addSeats(input: { amount: 3 }) { id } }')
  const id = data?.addSeats?.id ?? ''
  const { output, error, code } = await shell([
    `const concert = await Concert.findOne('${id}')`,
    'await concert.addSeats(4)',
    'for (const { number, type } of await concert.events()) {',
    '  console.log(number, type)',
    '}',
    'await Booking.findOne(concert.id)',
    'const { version } = await Concert.findOne(concert.id)',
    "'events: ' + version",
  ])
  expect(error).toBe('')
  expect(output).toContain('1 SeatsAdded\n2 SeatsAdded\n')
  expect(output).toContain('ResourceNotFound')
  expect(output).toContain("'events: 2'")
  expect(code).toBe(0)
  const query = 'query ($id: ID!) { concert(id: $id) { version } }'
  expect((await run.graphql(query, { id })).data?.concert?.version).toBe(2)
})

test('the shell ends with an error that names the fix without a run, or in another folder', async () => {
  const empty = newFolder('no-run')
  expect(await shell([], empty)).toMatchObject({
    error: `No local run uses the folder ${empty}: start one with npm start, or pass its folder with --data\n`,
    code: 1,
  })
  const { error, code } = await shell([], run.folder, 'test')
  expect(error).toContain(
    'exports a class with a table in the local run: run the shell in the folder of the app. Tables: ',
  )
  expect(code).toBe(1)
})
