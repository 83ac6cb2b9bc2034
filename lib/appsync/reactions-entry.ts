// The entry of the dispatcher function, which hosts the reactors of all domains. `domain-reactions`
// stands for files like resolvers/ordering/reactions.ts: the bundler of the function puts them in
// (see lib/infrastructure/domain-reactions.ts).
import { domains } from 'domain-reactions'
import { dynamoDBCheckpointStore } from '../event-sourcing/reactions/index.ts'
import { reactionHandler } from './reactions.ts'
import { reactorsOf } from './reactions-of.ts'

export const handler = reactionHandler(
  reactorsOf(domains),
  dynamoDBCheckpointStore({ tableName: process.env.CHECKPOINT_TABLE }),
)
