// The entry of every resolver function. `domain-fields` stands for a file like
// resolvers/shopping/commands.ts: the bundler of the function puts it in (see
// lib/infrastructure/event-sourcing-api.ts).
import * as file from 'domain-fields'
import { fieldsOf } from './fields-of.ts'
import { resolverHandler } from './resolver-handler.ts'

export const handler = resolverHandler(fieldsOf(file))
