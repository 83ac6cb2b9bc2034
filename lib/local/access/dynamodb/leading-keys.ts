import { isObject, type UnknownObject } from '../../json.ts'

/** Returns the partition key's values in keys or items: `dynamodb:LeadingKeys`. */
export function keysIn(items: readonly unknown[], partitionKey: string | undefined): string[] {
  if (partitionKey === undefined) return []
  return items.filter(isObject).flatMap((item) => keyText(item[partitionKey]) ?? [])
}

/** Returns the partition key's value that a query asks for. A scan asks for no value. */
export function leadingKeysOfQuery(
  input: UnknownObject,
  partitionKey: string | undefined,
): string[] {
  if (partitionKey === undefined) return []
  const {
    KeyConditionExpression: expression,
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
    KeyConditions: conditions,
  } = input
  const legacy = isObject(conditions) ? conditions[partitionKey] : undefined
  if (isObject(legacy) && Array.isArray(legacy.AttributeValueList))
    return legacy.AttributeValueList.flatMap((value) => keyText(value) ?? [])
  if (typeof expression !== 'string' || !isObject(values)) return []
  const nameOf = (word: string) => (isObject(names) && word.startsWith('#') ? names[word] : word)
  const equalities = expression.matchAll(/(:?#?\w+)\s*=\s*(:?#?\w+)/g)
  return [...equalities].flatMap(([, left = '', right = '']) => {
    const [name, value] = left.startsWith(':') ? [right, left] : [left, right]
    return nameOf(name) === partitionKey ? (keyText(values[value]) ?? []) : []
  })
}

/** Returns the text of a key in DynamoDB's JSON: `{ "S": "text" }`. */
export function keyText(value: unknown): string | undefined {
  const { S, N, B } = isObject(value) ? value : {}
  const text = S ?? N ?? B
  return text === undefined ? undefined : `${text}`
}
