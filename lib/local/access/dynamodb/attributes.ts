import { isObject, type UnknownObject } from '../../json.ts'

const EXPRESSIONS = [
  'ConditionExpression',
  'FilterExpression',
  'KeyConditionExpression',
  'ProjectionExpression',
  'UpdateExpression',
]

/** The words of expressions that are not attributes. The names of functions are in lower case. */
const WORDS = new Set([
  ...['ADD', 'AND', 'BETWEEN', 'DELETE', 'IN', 'NOT', 'OR', 'REMOVE', 'SET'],
  ...['attribute_exists', 'attribute_not_exists', 'attribute_type', 'begins_with', 'contains'],
  ...['if_not_exists', 'list_append', 'size'],
])

/** Returns the top-level attributes that a request names: `dynamodb:Attributes`. */
export function attributesOf(input: UnknownObject): string[] {
  const legacy = ['AttributeUpdates', 'Expected', 'KeyConditions', 'QueryFilter', 'ScanFilter']
  const objects = [input.Item, input.Key, ...legacy.map((name) => input[name])]
  const keys = Array.isArray(input.Keys) ? input.Keys : []
  const listed: unknown[] = Array.isArray(input.AttributesToGet) ? input.AttributesToGet : []
  const named = EXPRESSIONS.map((name) => input[name])
    .filter((expression) => typeof expression === 'string')
    .flatMap((expression) => attributesIn(expression, input))
  return [
    ...new Set([
      ...[...objects, ...keys].filter(isObject).flatMap(Object.keys),
      ...listed.map(String),
      ...named,
    ]),
  ]
}

/** Returns the top-level attributes of an expression: the first part of each path. */
function attributesIn(expression: string, { ExpressionAttributeNames }: UnknownObject): string[] {
  const names = isObject(ExpressionAttributeNames) ? ExpressionAttributeNames : {}
  const words = expression.match(/(?<![\w.:#])#?[A-Za-z_]\w*/g) ?? []
  return words
    .filter((word) => !WORDS.has(word) && !WORDS.has(word.toUpperCase()))
    .map((word) => `${names[word] ?? word}`)
}
