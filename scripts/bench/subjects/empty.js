/** The floor: what measuring itself costs. */
export function start() {}
export function track() {}
