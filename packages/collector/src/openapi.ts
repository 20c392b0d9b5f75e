export const openapi = (): object => ({})
