import { parseCommand } from '../../lib/local/process/options.ts'

test('omitted options have their defaults', () => {
  expect(parseCommand([])).toEqual({
    kind: 'run',
    options: {
      ...{ port: 4000, state: '.local', keepData: true, minute: 60_000, hurry: 1, watch: true },
    },
  })
})

test('each option is parsed', () => {
  const own = ['--port', '0', '--data', 'here', '--minute', '10', '--assembly', 'cdk.out']
  const args = [
    ...own,
    '--stack',
    'Orders',
    '--hurry',
    '1440',
    '--webhook',
    'http://localhost/events',
  ]
  expect(parseCommand([...args, '--faults', 'plan.json', '--no-watch', '--inspect'])).toEqual({
    kind: 'run',
    options: {
      port: 0,
      state: 'here',
      keepData: true,
      minute: 10,
      hurry: 1440,
      assembly: 'cdk.out',
      stack: 'Orders',
      faults: 'plan.json',
      webhook: 'http://localhost/events',
      watch: false,
      inspect: 9229,
    },
  })
  expect(parseCommand(['--inspect=0'])).toMatchObject({ options: { inspect: 0 } })
})

test('--data memory keeps no data', () => {
  expect(parseCommand(['--data', 'memory'])).toMatchObject({
    options: { state: '.local', keepData: false },
  })
})

test.each([
  ['10', 6000],
  ['1440', 1000],
])('--hurry %s also shortens the minute of schedules, to a second at least', (hurry, minute) => {
  expect(parseCommand(['--hurry', hurry])).toMatchObject({ options: { minute } })
})

test.each([
  [['--port', 'x'], '--port must be an integer from 0 to 65535; got x'],
  [['--port', '65536'], '--port must be an integer from 0 to 65535; got 65536'],
  [['--data', ''], '--data must be a folder or memory; got an empty value'],
  [['--stack', ''], '--stack must be the name of a stack; got an empty value'],
  [['--minute', '9'], '--minute must be at least 10 milliseconds; got 9'],
  [['--webhook', 'localhost'], '--webhook must be an http or https address; got localhost'],
  [['--hurry', '0.5'], '--hurry must be a whole number from 1 on; got 0.5'],
  [['--inspect=here'], '--inspect must be a port from 0 to 65535; got here'],
  [['--unheard'], "Unknown option '--unheard'"],
])('invalid options are rejected: %j', (args, problem) => {
  expect(parseCommand(args)).toEqual({ kind: 'wrong', problem: expect.stringContaining(problem) })
})

test.each(['--help', '-h'])('%s shows the help', (option) => {
  expect(parseCommand([option])).toEqual({ kind: 'help' })
})
