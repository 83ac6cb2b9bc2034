import { Script } from '../../../lib/local/appsync/scripts/script.ts'

function script(request: string, module = '', log = (_: string) => {}): Script {
  const code = `${module}\nexport function request(ctx) { ${request} }\nexport function response() {}`
  return new Script('Test', code, (_, json) => log(json))
}

const ctx = (args: object = {}) => ({ arguments: args, identity: null, stash: {} })

/** Runs the request handler. Returns its value; without a value, the outcome. */
function value(of: Script, args: object = {}): unknown {
  const outcome = of.run('request', ctx(args), 'API Key Authorization')
  return 'value' in outcome ? outcome.value : outcome
}

test.each([
  ['a loop', 'const a = [1]; for (const x of a) a.push(x)'],
  ['functions that call each other', 'const f = (n) => n === 0 ? 0 : f(n - 1) + f(n - 1); f(60)'],
  ['an array function', 'const f = () => [1, 2].map(() => f()).length; f()'],
  ['util.matches', "util.matches('(a+)+b', 'a'.repeat(40))"],
  ['match', "'a'.repeat(40).match('(a+)+b')"],
  ['matchAll', "'a'.repeat(40).matchAll('(a+)+b')"],
  ['search', "'a'.repeat(40).search('(a+)+b')"],
])('a handler that runs too long is stopped: %s', (_, code) => {
  const endless = script(`${code}; return 1`)
  expect(value(endless)).toMatchObject({
    end: 'crash',
    message: expect.stringMatching(/timed out after 1000ms|Maximum call stack/),
  })
  expect(value(script('return ctx.args.n'), { n: 2 })).toBe(2)
})

test('the guards do not change the results of a script', () => {
  const code = `const pairs = ctx.args.list.map((n) => ({ n })).filter(({ n }) => n > 1)
    const curried = (a) => (b) => [a, b]
    let sum = 0
    for (const key in { a: 1, b: 2 }) sum += key.length
    for (const { n } of pairs) { sum += n }
    const named = function (x) { return x }
    function declared(x = (y) => y) { return x(3) }
    return [pairs, curried(1)(2), sum, named(1), declared(), 'a-b'.match('-').index, 'abc'.search('c')]`

  expect(value(script(code), { list: [1, 2, 3] })).toEqual([
    [{ n: 2 }, { n: 3 }],
    [1, 2],
    7,
    1,
    3,
    1,
    2,
  ])
})

test('a script cannot change the globals of another script', () => {
  const vandal = script(`Array.prototype.map = () => ['spoilt']
    globalThis.left = 'behind'
    JSON.stringify = () => '"spoilt"'
    return 1`)
  vandal.run('request', ctx(), 'API Key Authorization')
  const other = script('return [typeof left, JSON.stringify([1].map((x) => x))].join(" ")')

  expect(value(other)).toBe('undefined [1]')
  expect([1].map((x) => x)).toEqual([1])
})

test('a request cannot change the context of another request', () => {
  const marking = script(`const seen = [ctx.stash.mark, ctx.args.mark, ctx.mark].join(' ')
    ctx.stash.mark = 'stash'
    ctx.args.mark = 'args'
    ctx.mark = 'ctx'
    return seen`)

  expect(value(marking)).toBe('  ')
  expect(value(marking)).toBe('  ')
})

test('the variables of a module keep their values between requests', () => {
  const counting = script('count += 1; return count', 'let count = 0')

  expect([value(counting), value(counting)]).toEqual([1, 2])
})

test('scripts cannot access Node.js', () => {
  const names = ['process', 'Buffer', 'setTimeout', 'RegExp', 'context']
  const all = script(`return [${names.map((name) => `typeof ${name}`).join(', ')}]`)
  expect(value(all)).toEqual(names.map(() => 'undefined'))

  const code = script(`const make = ctx.constructor.constructor; return make('return process')()`)
  expect(value(code)).toMatchObject({
    end: 'crash',
    message: expect.stringMatching(/code generation/i),
  })
})

test('a script logs in order, before it answers', () => {
  const heard: string[] = []
  const talking = script('console.log(1); console.log(2); return 3', '', (json) => heard.push(json))

  expect(value(talking)).toBe(3)
  expect(heard).toEqual(['[1]', '[2]'])
})

describe('operators behave as in APPSYNC_JS', () => {
  test.each<[string, unknown]>([
    ['null === undefined', true],
    ['undefined === null', true],
    ['ctx.args.missing === null', true],
    ['null !== undefined', false],
    ['null === null', true],
    ['undefined !== undefined', false],
    ['0 === null', false],
    ["'' !== null", true],
    ['false === undefined', false],
    ['NaN === NaN', false],
    ['NaN !== NaN', true],
    ['1 === 1 === true', true],
    ['(1, 2) === (2) /* === */ && !(1 !== 1)', true],
    ['((x) => x === 1)(1)', true],
    ['[1, null].filter((x) => x !== undefined).length', 1],
    ['ctx.args.missing ?? 3', 3],
    ['0 ?? 3', 0],
    ['null ?? undefined ?? 4', 4],
    ['1 === 1 ?? 2', true],
    ['ctx.args?.a?.b === undefined ? [1 === 1] : 0', [true]],
  ])('%s', (expression, result) => {
    expect(value(script(`return ${expression}`))).toEqual(result)
  })

  test('?? evaluates its right side even if it does not need it', () => {
    const counting = `let calls = 0
      const call = () => { calls += 1; return 'right' }
      const chosen = 'left' ?? call()
      return [chosen, calls]`

    expect(value(script(counting))).toEqual(['left', 1])
    expect(value(script("return 1 ?? util.error('evaluated')"))).toMatchObject({
      end: 'error',
      error: { message: 'evaluated' },
    })
  })

  test('a logical assignment is refused with its line', () => {
    expect(() => script('let x = 1\nx ??= 2')).toThrow(
      'APPSYNC_JS does not support ??=: write the assignment out (line 3)',
    )
  })
})
