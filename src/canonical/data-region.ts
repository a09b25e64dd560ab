/** The regions in which data may be kept to (contract §6.17, §6.20). */
export const dataRegions = ['global', 'europe', 'us'] as const
export type DataRegion = (typeof dataRegions)[number]
