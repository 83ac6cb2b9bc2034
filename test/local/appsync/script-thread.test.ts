import { Script } from '../../../lib/local/appsync/script.ts'
import { ScriptThread } from '../../../lib/local/appsync/script-thread.ts'

let thread: ScriptThread

beforeEach(() => {
  thread = new ScriptThread()
})

afterEach(() => thread.end())

function script(request: string, module = '', log = (_: string) => {}): Script {
  const code = `${module}\nexport function request(ctx) { ${request} }\nexport function response() {}`
  return new Script('Test', code, (_, json) => log(json), thread)
}

const ctx = (args: object = {}) => ({ arguments: args, identity: null, stash: {} })

/** The result of a run. */
async function value(of: Script, args: object = {}): Promise<unknown> {
  const outcome = await of.run('request', ctx(args))
  return 'value' in outcome ? outcome.value : outcome
}

const ENDLESS = 'const a = [1]; for (const x of a) { a.push(x) } return {}'

test('a handler that takes too long is stopped; those that wait behind it run', async () => {
  const quick = script('return ctx.args.n')
  const answers = await Promise.all([
    value(quick, { n: 1 }),
    value(script(ENDLESS)),
    value(quick, { n: 2 }),
    value(quick, { n: 3 }),
  ])
  expect(answers).toEqual([
    1,
    expect.objectContaining({
      end: 'crash',
      message: 'Error: Script execution timed out after 1000ms',
    }),
    2,
    3,
  ])
})

test('a handler that takes too long keeps nothing waiting but scripts', async () => {
  let isOver = false
  const endless = value(script(ENDLESS)).then(() => {
    isOver = true
  })
  let turns = 0
  while (!isOver) {
    await new Promise((resolve) => setImmediate(resolve))
    turns += 1
  }
  await endless
  expect(turns).toBeGreaterThan(100)
})

test('what one script changes of the language no other sees', async () => {
  const vandal = script(`Array.prototype.map = () => ['spoilt']
    globalThis.left = 'behind'
    JSON.stringify = () => '"spoilt"'
    return 1`)
  await vandal.run('request', ctx())
  const other = script('return [typeof left, JSON.stringify([1].map((x) => x))].join(" ")')

  expect(await value(other)).toBe('undefined [1]')
  expect([1].map((x) => x)).toEqual([1])
})

test('what a request puts into its context no other request sees', async () => {
  const marking = script(`const seen = [ctx.stash.mark, ctx.args.mark, ctx.mark].join(' ')
    ctx.stash.mark = 'stash'
    ctx.args.mark = 'args'
    ctx.mark = 'ctx'
    return seen`)

  expect(await value(marking)).toBe('  ')
  expect(await value(marking)).toBe('  ')
})

test('the variables of a module last from one request to the next', async () => {
  const counting = script('count += 1; return count', 'let count = 0')

  expect([await value(counting), await value(counting)]).toEqual([1, 2])
})

test('neither Node.js nor the thread is there for scripts', async () => {
  const names = ['process', 'Worker', 'workerData', 'parentPort', 'setTimeout']
  const all = script(`return [${names.map((name) => `typeof ${name}`).join(', ')}]`)
  expect(await value(all)).toEqual(names.map(() => 'undefined'))

  const code = script(`const make = ctx.constructor.constructor; return make('return process')()`)
  expect(await value(code)).toMatchObject({
    end: 'crash',
    message: expect.stringMatching(/code generation/i),
  })
})

test('a script logs before it answers, in order', async () => {
  const heard: string[] = []
  const talking = script('console.log(1); console.log(2); return 3', '', (json) => heard.push(json))

  expect(await value(talking)).toBe(3)
  expect(heard).toEqual(['[1]', '[2]'])
})

test('an ended thread runs what is still to run', async () => {
  const quick = script('return 1')
  expect(await value(quick)).toBe(1)
  await thread.end()
  expect(await value(quick)).toBe(1)
})
