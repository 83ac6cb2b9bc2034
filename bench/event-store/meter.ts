import { DynamoDBClient } from '@aws-sdk/client-dynamodb'

/** The requests to DynamoDB and the capacity that they consume. */
export interface Cost {
  readonly requests: number
  readonly readUnits: number
  readonly writeUnits: number
}

const READS = ['GetItemCommand', 'QueryCommand', 'ScanCommand']

/** Counts the HTTP requests of one client, and the capacity that the answers report. */
export class Meter {
  #requests = 0
  #readUnits = 0
  #writeUnits = 0

  countRequest(): void {
    this.#requests += 1
  }

  countUnits(command: string, units: number): void {
    if (READS.includes(command)) this.#readUnits += units
    else this.#writeUnits += units
  }

  /** Returns the counts since the last call. */
  take(): Cost {
    const cost = {
      requests: this.#requests,
      readUnits: this.#readUnits,
      writeUnits: this.#writeUnits,
    }
    this.#requests = 0
    this.#readUnits = 0
    this.#writeUnits = 0
    return cost
  }
}

export interface MeteredClient {
  readonly client: DynamoDBClient
  readonly meter: Meter
}

/** @param maxAttempts default: the default of the SDK */
export function meteredClient(endpoint: string, maxAttempts = 3): MeteredClient {
  const meter = new Meter()
  const client = new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
    maxAttempts,
  })
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        Object.assign(args.input, { ReturnConsumedCapacity: 'TOTAL' })
        const result = await next(args).catch((error: unknown) => {
          // The answer does not report the capacity: AWS bills a refused put of up to 1 KB as one
          // write unit.
          if (isRefusal(error)) meter.countUnits(commandName, 1)
          throw error
        })
        meter.countUnits(commandName, unitsOf(result.output))
        return result
      },
    { step: 'initialize', name: 'capacity' },
  )
  client.middlewareStack.add(
    (next) => (args) => {
      meter.countRequest()
      return next(args)
    },
    // Runs after the retries of the SDK, so that each retry counts.
    { step: 'finalizeRequest', priority: 'low', name: 'requests' },
  )
  return { client, meter }
}

function unitsOf(output: object): number {
  if (!('ConsumedCapacity' in output)) return 0
  return [output.ConsumedCapacity]
    .flat()
    .reduce((sum: number, capacity) => sum + (hasUnits(capacity) ? capacity.CapacityUnits : 0), 0)
}

function hasUnits(capacity: unknown): capacity is { readonly CapacityUnits: number } {
  return typeof capacity === 'object' && capacity !== null && 'CapacityUnits' in capacity
}

function isRefusal(error: unknown): boolean {
  return error instanceof Error && error.name === 'ConditionalCheckFailedException'
}
