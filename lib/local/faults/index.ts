export { startDynamoDBProxy } from '../dynamodb/proxy/index.ts'
export { FAULTS, type Fault, type Faults, faultsOf, NO_FAULTS, REREAD_MS } from './faults.ts'
export { withFunctionFaults } from './function-faults.ts'
export { withStreamFaults } from './stream-faults.ts'
