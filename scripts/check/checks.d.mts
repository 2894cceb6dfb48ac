/** What a check found: nothing ('passed'), or what is wrong ('failed'). */
export type Found = { outcome: 'passed' | 'failed'; output?: string; remark?: string };
export declare const checks: readonly { name: string; run(root: string): Promise<Found> }[];
