-- What the engine calls a task it has taken (an instance of a process), so that another of the same task is told from it.
ALTER TABLE bpm_task ADD COLUMN engine_ref TEXT;
