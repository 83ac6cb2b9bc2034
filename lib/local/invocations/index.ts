export { asyncConfigs } from './async-config.ts'
export { AsyncInvocations } from './async-invocations.ts'
export { invokedBy } from './authorized-function.ts'
export { type InvokeEndpoint, startInvokeEndpoint } from './invoke-endpoint.ts'
