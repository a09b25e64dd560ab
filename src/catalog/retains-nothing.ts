import type { Endpoint } from './endpoint.ts'

/** Tells whether the provider of an endpoint retains nothing. An unknown policy counts as retention (contract §6.21). */
export const retainsNothing = ({ dataPolicy }: Endpoint): boolean => dataPolicy.retention === 'none'
