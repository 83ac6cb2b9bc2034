import { properties, schema, source } from './support/broken-assembly.ts'
import { testMistakes } from './support/mistakes.ts'

// Local runs of the example, each with one mistake in its feed, its reactor or its access rules.

const FEED = 'lib/appsync/feed'
const REACTIONS = 'resolvers/ordering/reactions.ts'

const EACH_EVENT = 'a subscriber gets every event once'
const FILTERS = 'a subscription filters by id and type'
const BURST = 'many events at once all arrive, each once'
const ORDERED = 'the events of a resource arrive in order'
const WATCHER = 'a watcher misses nothing, in order'
const CONFIRMED = 'an order is confirmed and reserves once'
const REJECTED = 'an order is rejected with a reason'
const CANCELLED = 'a cancelled order is released once'
const WRITERS = 'commands and reactions lose nothing'
const OPERATIONS = 'operators see and control reactors'
const CALLERS = [
  'an API key opens commands and queries',
  'a signed request opens commands and queries',
]
const ALARM = 'an overwritten event raises the alarm'

testMistakes([
  {
    mistake: 'the publish mutation selects too few fields',
    change: source(
      `${FEED}/publish-requests.ts`,
      "fields.join(' ')",
      "fields.slice(0, -2).join(' ')",
    ),
    breaks: [EACH_EVENT, BURST],
    mayBreak: [WATCHER],
  },
  {
    mistake: 'the subscription has no filter by type',
    change: schema('onProductEvent(id: ID, type: String)', 'onProductEvent(id: ID)'),
    breaks: [FILTERS],
  },
  {
    mistake: 'the feed omits the second event of a batch',
    extra: true,
    change: source(
      `${FEED}/feed.ts`,
      'if (event) messages',
      'if (event && record !== records[1]) messages',
    ),
    breaks: [BURST],
    mayBreak: [EACH_EVENT, FILTERS, ORDERED, WATCHER, ...CALLERS],
    waits: true,
  },
  {
    mistake: 'the feed omits the first event of a resource',
    change: source(
      `${FEED}/feed.ts`,
      'if (event) messages',
      'if (event && event.number > 1) messages',
    ),
    breaks: [EACH_EVENT, BURST],
    mayBreak: [FILTERS, ORDERED],
    waits: true,
  },
  {
    mistake: 'the feed publishes each event twice',
    change: source(
      `${FEED}/feed.ts`,
      'if (event) messages.push(',
      'if (event) messages.push(message(record, event, feeds, resources), ',
    ),
    breaks: [EACH_EVENT, BURST, FILTERS],
  },
  {
    mistake: 'the feed publishes a batch in reverse order',
    change: source(
      `${FEED}/feed.ts`,
      'await deliver(messages,',
      'await deliver(messages.reverse(),',
    ),
    breaks: [ORDERED],
  },
  {
    mistake: 'the feed does not read the stream of products',
    extra: true,
    change: properties(/^ApiFeedFunctionProductStream/, { Enabled: false }),
    breaks: [EACH_EVENT, FILTERS, BURST, ORDERED, ALARM, ...CALLERS],
    mayBreak: [WATCHER],
    waits: true,
  },
  {
    mistake: 'the dispatcher does not read the stream',
    change: properties(/^ApiReactionsFunctionOrderStream/, { Enabled: false }),
    breaks: [CONFIRMED, REJECTED, CANCELLED, WRITERS, OPERATIONS],
    mayBreak: [EACH_EVENT, FILTERS],
    waits: true,
  },
  {
    mistake: 'a reaction commits twice, without a commandId',
    change: source(
      REACTIONS,
      'reference: id, commandId: commandId() }\n',
      'reference: id }\n      await new Product(productId).release(release)\n',
    ),
    breaks: [CANCELLED],
    mayBreak: [OPERATIONS],
  },
  {
    mistake: 'an order is rejected without a reason',
    change: source(REACTIONS, 'order.rejecting(refusal)', "order.rejecting('')"),
    breaks: [REJECTED],
  },
  {
    mistake: 'an operator can retry a resource that is not parked',
    change: source(
      'lib/event-sourcing/reactions/operations.ts',
      'if (!checkpoint.parked) throw notParked(checkpoint)\n',
      '\n',
    ),
    breaks: [OPERATIONS],
  },
  {
    mistake: 'an API key can publish events',
    change: schema(
      'ProductEventInput!): ProductEvent @aws_iam',
      'ProductEventInput!): ProductEvent @aws_iam @aws_api_key',
    ),
    breaks: ['an API key cannot publish events'],
  },
  {
    mistake: "an API key can use an operators' field",
    change: schema('reactors: [String!]! @aws_iam', 'reactors: [String!]! @aws_iam @aws_api_key'),
    breaks: ["an API key cannot use operators' fields"],
  },
  {
    mistake: 'an API key cannot command',
    change: schema('type Mutation @aws_api_key @aws_iam ', 'type Mutation @aws_iam '),
    breaks: ['an API key opens commands and queries'],
    // The checks command with the key.
    mayBreak: [
      ...[EACH_EVENT, FILTERS, BURST, ORDERED, WATCHER, CONFIRMED, REJECTED, CANCELLED, WRITERS],
      ...['events are numbered in their order', 'a state is the sum of its events', OPERATIONS],
      ...['a query returns any earlier version', 'a query returns the state at an instant', ALARM],
      ...['a repeated command is committed once', 'a repeated refused command is decided anew'],
      ...['concurrent repeats are committed once', 'a commandId of another command is refused'],
      ...['expectedVersion is obeyed', 'concurrent commands lose nothing', 'bad input is refused'],
      ...['a rule refuses with its code and data', 'an unknown or invalid id is refused'],
      ...['a list covers each resource once', 'pages of events continue without gaps'],
    ],
  },
  {
    mistake: 'the stage dev has no introspection',
    change: properties(/^ApiCD79AAA0$/, { IntrospectionConfig: 'DISABLED' }),
    breaks: ['introspection is as the stage says'],
  },
  {
    mistake: 'the metric Tampering is not written',
    change: source(`${FEED}/tampering.ts`, "metric('Tampering', 1, { table })", ''),
    breaks: [ALARM],
    waits: true,
  },
])
