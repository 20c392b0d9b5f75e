/** From a commit to a fast disk to a request that has lasted as long as one may. */
export const secondsBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

/** From one event to the largest group that becomes durable together. */
export const eventsBuckets = [1, 5, 10, 20, 50, 100, 200, 500, 1000, 2500]
