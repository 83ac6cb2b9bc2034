export { awsSigner, operatorSigner } from './signers.ts'
