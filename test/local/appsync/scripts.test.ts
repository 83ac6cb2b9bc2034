import { Script } from '../../../lib/local/appsync/script.ts'
import { ScriptRuns } from '../../../lib/local/appsync/script-runs.ts'

const runs = new ScriptRuns()

function script(request: string, module = '', log = (_: string) => {}): Script {
  const code = `${module}\nexport function request(ctx) { ${request} }\nexport function response() {}`
  return new Script('Test', code, (_, json) => log(json), runs)
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

test('a handler has the whole time, however long those before it took', async () => {
  const busy = script(
    'for (const x of ctx.args.turns) { if (util.time.nowEpochMilliSeconds() >= ctx.args.until) return 1; ctx.args.turns.push(x) }',
  )
  const until = Date.now() + 700
  const first = value(busy, { until, turns: [1] })
  const second = value(busy, { until: until + 700, turns: [1] })

  expect(await Promise.all([first, second])).toEqual([1, 1])
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

test('Node.js is not there for scripts', async () => {
  const names = ['process', 'Buffer', 'setTimeout', 'runAll']
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
