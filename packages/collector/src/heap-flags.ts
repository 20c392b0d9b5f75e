import { setFlagsFromString } from 'node:v8'

// How V8 treats the heap of a process that is a collector and nothing else. Whoever runs one imports this first: it holds for what is loaded
// after it. What each brings: DECISIONS 47 and 48.

// Garbage is collected before the heap has doubled: left to itself it grows with the machine's memory, of which nothing comes but its size.
setFlagsFromString('--heap-growing-percent=50')
// What a request makes dies with it. After a burst, in which much is under way at once, V8 takes it for long-lived and puts it among the old
// for good: most collections of everything were for that, each of which keeps requests waiting.
setFlagsFromString('--no-allocation-site-pretenuring')
