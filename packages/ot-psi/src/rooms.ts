/** What has to be given back: tensors, for instance. */
interface Room {
  dispose(): void;
}

/** Gives memory back when a run ends, however it ends: `try { ... } finally { rooms.dispose(); }`. */
export class Rooms {
  readonly #kept = new Set<Room>();

  keep<T extends Room>(room: T): T {
    this.#kept.add(room);
    return room;
  }

  /** Gives a room back before the end. */
  free(room: Room): void {
    this.#kept.delete(room);
    room.dispose();
  }

  /** The run's result: it belongs to the caller from now on. */
  give<T extends Room>(room: T): T {
    this.#kept.delete(room);
    return room;
  }

  dispose(): void {
    for (const room of this.#kept) room.dispose();
    this.#kept.clear();
  }
}
