/* Nothing of a bench outlives the process that started it, however that one ended. */
process.once('disconnect', () => process.exit());
