export { Product } from './product.ts'
