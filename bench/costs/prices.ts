/** One price of AWS, in dollars. */
export interface Price {
  readonly unit: string
  readonly dollars: number
  readonly page: string
}

/** The date and region of all prices. docs/scale.md says how they were checked. */
export const PRICED = { date: 'November 2026', region: 'us-east-1' } as const

const APPSYNC = 'https://aws.amazon.com/appsync/pricing/'
const LAMBDA = 'https://aws.amazon.com/lambda/pricing/'
const ON_DEMAND = 'https://aws.amazon.com/dynamodb/pricing/on-demand/'
const PROVISIONED = 'https://aws.amazon.com/dynamodb/pricing/provisioned/'
const CLOUDWATCH = 'https://aws.amazon.com/cloudwatch/pricing/'
const MILLION = 1e6

/** List prices without free tiers, discounts for volume, and tax. */
export const PRICES = {
  operation: { unit: 'a million queries or mutations', dollars: 4, page: APPSYNC },
  update: { unit: 'a million messages to one subscriber, each 5 KB', dollars: 2, page: APPSYNC },
  connection: { unit: 'a million connection minutes', dollars: 0.08, page: APPSYNC },
  invocation: { unit: 'a million invocations', dollars: 0.2, page: LAMBDA },
  gigabyteSecond: {
    unit: 'a million GB-seconds on ARM',
    dollars: 0.0000133334 * MILLION,
    page: LAMBDA,
  },
  write: { unit: 'a million write units, on demand', dollars: 0.625, page: ON_DEMAND },
  read: { unit: 'a million read units, on demand', dollars: 0.125, page: ON_DEMAND },
  storage: { unit: 'a GB of a table for a month', dollars: 0.25, page: ON_DEMAND },
  recovery: { unit: 'a GB of point-in-time recovery for a month', dollars: 0.2, page: ON_DEMAND },
  writeHour: { unit: 'a provisioned write unit for an hour', dollars: 0.00065, page: PROVISIONED },
  readHour: { unit: 'a provisioned read unit for an hour', dollars: 0.00013, page: PROVISIONED },
  log: { unit: 'a GB of log entries', dollars: 0.5, page: CLOUDWATCH },
  storedLog: { unit: 'a GB of stored logs for a month', dollars: 0.03, page: CLOUDWATCH },
  alarm: { unit: 'a metric of an alarm for a month', dollars: 0.1, page: CLOUDWATCH },
  trace: {
    unit: 'a million traces',
    dollars: 5,
    page: 'https://aws.amazon.com/xray/pricing/',
  },
  queue: {
    unit: 'a million requests to a queue',
    dollars: 0.4,
    page: 'https://aws.amazon.com/sqs/pricing/',
  },
  transfer: {
    unit: 'a GB to the internet',
    dollars: 0.09,
    page: 'https://aws.amazon.com/ec2/pricing/on-demand/',
  },
  firewall: {
    unit: 'a web ACL with one rule for a month',
    dollars: 6,
    page: 'https://aws.amazon.com/waf/pricing/',
  },
  firewallRequest: {
    unit: 'a million requests through the firewall',
    dollars: 0.6,
    page: 'https://aws.amazon.com/waf/pricing/',
  },
} as const satisfies Readonly<Record<string, Price>>

export type PriceName = keyof typeof PRICES

/**
 * The discounts of reserved write units against provisioned ones, at most:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/reserved-capacity.html
 */
export const RESERVED = { 'one year': 0.54, 'three years': 0.77 } as const
