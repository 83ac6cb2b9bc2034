export const queries = { product() {}, products() {}, productEvents() {} }
