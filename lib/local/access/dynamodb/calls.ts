import { isObject, type UnknownObject } from '../../json.ts'
import type { Access, ConditionKeys } from '../iam.ts'
import { attributesOf } from './attributes.ts'
import { keysIn, leadingKeysOfQuery } from './leading-keys.ts'
import { partiqlCall } from './partiql.ts'

/** The tables that calls name. */
export interface Tables {
  /** Returns the ARN of a table, by its name or ARN. */
  arnOf(table: string): string
  /** Returns the partition key of a table or index; undefined if the template lacks it. */
  partitionKey(table: string, index?: string): string | undefined
}

/** The actions that a transaction needs. No action is named after the transaction itself. */
const OF_TRANSACTIONS: Readonly<Record<string, string>> = {
  ConditionCheck: 'ConditionCheckItem',
  Delete: 'DeleteItem',
  Get: 'GetItem',
  Put: 'PutItem',
  Update: 'UpdateItem',
}

/**
 * Returns the accesses that a request to DynamoDB needs, one for each table or item.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
 */
export function accessesOf(operation: string, input: UnknownObject, tables: Tables): Access[] {
  switch (operation) {
    case 'TransactGetItems':
    case 'TransactWriteItems':
      return objects(input.TransactItems).flatMap((item) =>
        Object.entries(item).map(([kind, part]) =>
          itemAccess(OF_TRANSACTIONS[kind] ?? kind, object(part), tables, {
            'dynamodb:EnclosingOperation': operation,
          }),
        ),
      )
    case 'BatchGetItem':
    case 'BatchWriteItem':
      return Object.entries(object(input.RequestItems)).map(([table, part]) =>
        batchAccess(operation, table, part, tables),
      )
    case 'ExecuteStatement':
      return [partiqlAccess(input, tables)]
    case 'BatchExecuteStatement':
      return objects(input.Statements).map((statement) => partiqlAccess(statement, tables))
    case 'ExecuteTransaction':
      return objects(input.TransactStatements).map((statement) =>
        partiqlAccess(statement, tables, { 'dynamodb:EnclosingOperation': operation }),
      )
    default:
      return [itemAccess(operation, input, tables)]
  }
}

/** Returns the access of an operation on one table, index or item. */
function itemAccess(
  operation: string,
  input: UnknownObject,
  tables: Tables,
  enclosing: ConditionKeys = {},
): Access {
  const index = textAt(input, 'IndexName')
  const table = textAt(input, 'TableName')
  const named = ['ResourceArn', 'TableArn', 'BackupArn', 'ExportArn', 'ImportArn']
    .map((name) => textAt(input, name))
    .find((arn) => arn !== undefined)
  const tableArn = table === undefined ? named : tables.arnOf(table)
  return {
    action: `dynamodb:${operation}`,
    resource: tableArn && index !== undefined ? `${tableArn}/index/${index}` : (tableArn ?? '*'),
    context() {
      const key = table === undefined ? undefined : tables.partitionKey(table, index)
      const reads = operation === 'Query' || operation === 'Scan'
      const isItem = input.Key !== undefined || input.Item !== undefined
      const leading = isItem
        ? keysIn([input.Key ?? input.Item], key)
        : leadingKeysOfQuery(input, key)
      return {
        ...enclosing,
        ...(leading.length > 0 && { 'dynamodb:LeadingKeys': leading }),
        'dynamodb:Attributes': attributesOf(input),
        ...(reads && { 'dynamodb:Select': selectOf(input) }),
        ...optional('dynamodb:ReturnValues', input.ReturnValues),
        ...optional('dynamodb:ReturnConsumedCapacity', input.ReturnConsumedCapacity),
      }
    },
  }
}

function batchAccess(operation: string, table: string, part: unknown, tables: Tables): Access {
  return {
    action: `dynamodb:${operation}`,
    resource: tables.arnOf(table),
    context() {
      const requests = Array.isArray(part) ? objects(part).flatMap(Object.values) : [part]
      const keys = requests.filter(isObject).flatMap((request) => {
        const { Key, Item, Keys } = request
        return Array.isArray(Keys) ? Keys : [Key ?? Item]
      })
      const leading = keysIn(keys, tables.partitionKey(table))
      return {
        'dynamodb:LeadingKeys': leading,
        'dynamodb:Attributes': requests.filter(isObject).flatMap(attributesOf),
      }
    },
  }
}

function partiqlAccess(
  input: UnknownObject,
  tables: Tables,
  enclosing: ConditionKeys = {},
): Access {
  const { action, table, index, valuesOf } = partiqlCall(
    textAt(input, 'Statement') ?? textAt(input, 'PartiQL') ?? '',
    Array.isArray(input.Parameters) ? input.Parameters : [],
  )
  const arn = table === undefined ? '*' : tables.arnOf(table)
  return {
    action: `dynamodb:${action}`,
    resource: index === undefined ? arn : `${arn}/index/${index}`,
    context() {
      const key = table === undefined ? undefined : tables.partitionKey(table, index)
      const leading = key === undefined ? [] : valuesOf(key)
      return {
        ...enclosing,
        ...(leading.length > 0 && { 'dynamodb:LeadingKeys': leading }),
        'dynamodb:FullTableScan': `${action === 'PartiQLSelect' && leading.length === 0}`,
      }
    },
  }
}

/** Returns the attributes that a read returns, by its own parameter or DynamoDB's default. */
function selectOf(input: UnknownObject): string {
  const given = textAt(input, 'Select')
  if (given !== undefined) return given
  if (input.ProjectionExpression ?? input.AttributesToGet) return 'SPECIFIC_ATTRIBUTES'
  return input.IndexName === undefined ? 'ALL_ATTRIBUTES' : 'ALL_PROJECTED_ATTRIBUTES'
}

function optional(name: string, value: unknown): ConditionKeys {
  return typeof value === 'string' ? { [name]: value } : {}
}

function object(value: unknown): UnknownObject {
  return isObject(value) ? value : {}
}

function objects(value: unknown): UnknownObject[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}

function textAt(value: UnknownObject, name: string): string | undefined {
  const text = value[name]
  return typeof text === 'string' ? text : undefined
}
