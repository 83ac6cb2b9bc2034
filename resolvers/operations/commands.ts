import { operationCommands } from '../../lib/appsync/index.ts'
import {
  dynamoDBCheckpointStore,
  ReactorOperations,
} from '../../lib/event-sourcing/reactions/index.ts'
import type { MutationResolvers } from '../../lib/generated/schema.ts'

const checkpoints = dynamoDBCheckpointStore({ tableName: process.env.CHECKPOINT_TABLE })

export const commands = operationCommands(
  new ReactorOperations(checkpoints),
) satisfies MutationResolvers
