import { operationQueries } from '../../lib/appsync/index.ts'
import {
  dynamoDBCheckpointStore,
  ReactorOperations,
} from '../../lib/event-sourcing/reactions/index.ts'
import type { QueryResolvers } from '../../lib/generated/schema.ts'

const checkpoints = dynamoDBCheckpointStore({ tableName: process.env.CHECKPOINT_TABLE })

export const queries = operationQueries(new ReactorOperations(checkpoints)) satisfies QueryResolvers
