import type { Wire, WireAnswer } from './wire.ts'

/**
 * Reads a history page by page, and only parses the JSON. No client that reads one page at a time
 * can be faster.
 */
export async function rawRead(wire: Wire, tableName: string, id: string) {
  let events = 0
  let requests = 0
  let from: WireAnswer['LastEvaluatedKey']
  do {
    const { Items = [], LastEvaluatedKey } = await wire.send('Query', {
      TableName: tableName,
      KeyConditionExpression: 'id = :id',
      ExpressionAttributeValues: { ':id': { S: id } },
      ConsistentRead: true,
      ...(from && { ExclusiveStartKey: from }),
    })
    events += Items.length
    requests += 1
    from = LastEvaluatedKey
  } while (from)
  return { events, requests }
}
