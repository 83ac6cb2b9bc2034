import { schema, script, source } from './support/broken-assembly.ts'
import { testMistakes } from './support/mistakes.ts'

// Local runs of the example, each with one mistake in its commands or queries.

const FRAMEWORK = 'lib/event-sourcing'
const RESOLVERS = 'lib/appsync/resolvers'
const STORE = `${FRAMEWORK}/store/dynamodb/dynamodb-event-store.ts`

const REPEATED = 'a repeated command is committed once'
const AT_ONCE = 'concurrent repeats are committed once'
const REUSED = 'a commandId of another command is refused'
const WRITERS = 'commands and reactions lose nothing'
const RULES = 'a rule refuses with its code and data'
const BAD_INPUT = 'bad input is refused'
const ALL_REFUSALS = [
  ...[RULES, REUSED, BAD_INPUT, 'a repeated refused command is decided anew'],
  ...['expectedVersion is obeyed', 'an unknown or invalid id is refused'],
]

testMistakes([
  {
    mistake: 'a repeated command commits again',
    change: source(`${FRAMEWORK}/commits/commit.ts`, 'if (before) return before\n', '\n'),
    breaks: [REPEATED, AT_ONCE],
  },
  {
    mistake: 'another command counts as a repetition',
    change: source(
      `${FRAMEWORK}/commits/repeated-command.ts`,
      ' && (await isSameCommand(plan, participants, hit, committed))',
      '',
    ),
    breaks: [REUSED],
  },
  {
    mistake: 'a refusal is remembered for its commandId',
    change: source(
      `${RESOLVERS}/command.ts`,
      "await during('command', work, { commandId: options.commandId, actor })",
      `const known = Reflect.get(globalThis, 'refusals') ?? new Map()
       Reflect.set(globalThis, 'refusals', known)
       if (known.has(commandId)) throw known.get(commandId)
       const refused = (error) => {
         if (commandId) known.set(commandId, error)
         throw error
       }
       const once = () => work().catch(refused)
       await during('command', once, { commandId: options.commandId, actor })`,
    ),
    breaks: ['a repeated refused command is decided anew'],
  },
  {
    mistake: 'the caller does not reach the command',
    change: source(`${RESOLVERS}/resolver-handler.ts`, 'work, { actor })', 'work)'),
    breaks: ['an event names its caller'],
  },
  {
    mistake: 'expectedVersion is ignored',
    change: source(
      `${FRAMEWORK}/commits/attempt.ts`,
      'if (expectedVersion !== undefined && expectedVersion !== first.version) {',
      'if (false) {',
    ),
    breaks: ['expectedVersion is obeyed'],
  },
  {
    mistake: 'a put has no condition',
    extra: true,
    change: source(
      STORE,
      'Item: itemOf(indexed(event)), ...IF_FREE }\n      return',
      'Item: itemOf(indexed(event)) }\n      return',
    ),
    breaks: [WRITERS],
    // Commands at once overwrite events, and the feed does not publish the changed ones.
    mayBreak: [
      ...['expectedVersion is obeyed', RULES, 'pages of events continue without gaps'],
      'concurrent commands lose nothing',
      ...['a subscriber gets every event once', 'many events at once all arrive, each once'],
      ...['the events of a resource arrive in order', 'a watcher misses nothing, in order'],
      ...['operators see and control reactors', 'a subscription filters by id and type'],
      ...[REPEATED, AT_ONCE, 'a state is the sum of its events'],
      ...['a query returns any earlier version', 'a query returns the state at an instant'],
    ],
    waits: true,
  },
  {
    mistake: 'a transaction has no condition',
    change: source(
      STORE,
      '? { Put: { TableName, Item: itemOf(indexed(event)), ...IF_FREE } }',
      '? { Put: { TableName, Item: itemOf(indexed(event)) } }',
    ),
    breaks: [WRITERS],
  },
  {
    mistake: 'a product can be oversold',
    change: source(
      'lib/shopping/product.ts',
      'if (quantity > left) {',
      'if (quantity > left + 1) {',
    ),
    breaks: [RULES, 'concurrent commands lose nothing', 'an order is rejected with a reason'],
    mayBreak: [
      'a repeated refused command is decided anew',
      'a subscriber gets every event once',
      'a subscription filters by id and type',
    ],
    waits: true,
  },
  {
    mistake: 'the script of the resolvers loses the errorType',
    change: script('error.errorType, null, error.errorInfo', 'null, null, error.errorInfo'),
    breaks: ALL_REFUSALS,
    mayBreak: ['operators see and control reactors', 'concurrent commands lose nothing'],
  },
  {
    mistake: 'an unknown id creates a resource',
    change: source(`${RESOLVERS}/arguments.ts`, '...(isGiven(id) && { creates: false }),', ''),
    breaks: ['an unknown or invalid id is refused'],
  },
  {
    mistake: 'a limit out of its range is accepted',
    change: source(
      `${RESOLVERS}/arguments.ts`,
      'if (limit >= 1 && limit <= most) return limit',
      'if (most > 0) return limit',
    ),
    breaks: [BAD_INPUT],
  },
  {
    mistake: 'a reservation of several counts as one',
    change: source(
      'lib/shopping/product.ts',
      'this.quantity -= quantity\n',
      'this.quantity -= 1\n',
    ),
    breaks: ['a state is the sum of its events'],
    mayBreak: [
      ...['a query returns any earlier version', 'a query returns the state at an instant', RULES],
      ...['an order is confirmed and reserves once', 'a cancelled order is released once'],
      ...['a subscriber gets every event once', 'many events at once all arrive, each once'],
    ],
  },
  {
    mistake: 'an event loses its trace id',
    change: source('lib/appsync/flat-event.ts', '...(traceId && { traceId }),', ''),
    breaks: ['events are numbered in their order'],
  },
  {
    mistake: 'a query of a version returns the next one',
    change: source(
      `${FRAMEWORK}/state/derivation.ts`,
      'moment.version - after :',
      'moment.version + 1 - after :',
    ),
    breaks: ['a query returns any earlier version'],
  },
  {
    mistake: 'a query of an instant returns the current state',
    change: source(
      `${FRAMEWORK}/state/derivation.ts`,
      "!('at' in moment) || Date",
      "!('at' in moment) || 'at' in moment || Date",
    ),
    breaks: ['a query returns the state at an instant'],
  },
  {
    mistake: 'a page omits its last resource',
    change: source(
      `${RESOLVERS}/built-in-queries.ts`,
      'items: shown }',
      'items: page.nextToken ? shown.slice(0, -1) : shown }',
    ),
    breaks: ['a list covers each resource once'],
  },
  {
    mistake: 'the argument after is ignored',
    change: source(`${RESOLVERS}/built-in-queries.ts`, 'after: after ?? 0', 'after: 0'),
    breaks: ['pages of events continue without gaps'],
    mayBreak: [BAD_INPUT, 'a watcher misses nothing, in order'],
  },
  {
    mistake: 'signed requests may not command',
    change: schema('type Mutation @aws_api_key @aws_iam ', 'type Mutation @aws_api_key '),
    breaks: ['a signed request opens commands and queries'],
  },
])
