package dev.lamina.cpu;

import dev.lamina.cpu.kernel.KeyTiles;
import dev.lamina.engine.backend.Batch;
import dev.lamina.engine.memory.PageTable;
import dev.lamina.engine.model.Op;

/**
 * How the attention of one sequence's rows is divided into tasks, and where their results are. A
 * task takes either some tokens with all query heads of one key head over all positions, or, if the
 * sequence has one row, this token over a part of the positions. The division depends on the
 * sequence alone, not on the other rows of the pass or the number of threads, so results do not
 * either.
 */
final class AttentionRun {
  private static final int TILE = KeyTiles.POSITIONS;

  /** Smallest number of positions of a part of the context. */
  private static final int MIN_PART = 2 * TILE;

  private final Op.Attention op;
  private final AttentionBuffers buffers;
  private final int index;
  private final int group;
  private Batch.Run rows;
  private PageTable pages;
  private int stride;
  private int tokensPerTask;
  private int nParts;
  private int partLength;

  /**
   * @param index of the run in its batch
   */
  AttentionRun(Op.Attention op, AttentionBuffers buffers, int index) {
    this.op = op;
    this.buffers = buffers;
    this.index = index;
    this.group = op.nHeads() / op.nKvHeads();
  }

  /**
   * Divides the rows of a pass. A task takes several tokens, because it converts each key once for
   * all of them; if there are few tokens it takes fewer, so that there are several tasks.
   */
  void divide(Batch.Run next) {
    rows = next;
    pages = next.pages(op.group());
    int n = mostColumns();
    stride = AttentionBuffers.stride(n);
    tokensPerTask = Math.min(AttentionBuffers.maxTokens(op, n), Math.ceilDiv(rows.rows(), 4));
    int wanted = rows.rows() == 1 ? Math.clamp(n / MIN_PART, 1, AttentionBuffers.PARTS) : 1;
    partLength = Math.ceilDiv(Math.ceilDiv(n, wanted), TILE) * TILE;
    nParts = Math.ceilDiv(n, partLength);
  }

  /** Positions from the tile on that holds the first one that the first token sees. */
  private int mostColumns() {
    int first = op.group().first(rows.startPosition());
    return rows.startPosition() + rows.rows() - first / TILE * TILE;
  }

  int tasks() {
    return Math.ceilDiv(rows.rows(), tokensPerTask) * op.nKvHeads() * nParts;
  }

  /** Number of parts of the positions. With several, their results are to be added up. */
  int parts() {
    return nParts;
  }

  int stride() {
    return stride;
  }

  /** Query heads that share a key head. */
  int group() {
    return group;
  }

  /** The page of a position. */
  int page(int position) {
    return pages.get(position / PageTable.POSITIONS);
  }

  /** First position of a task. */
  int from(int task) {
    int first = op.group().first(rows.startPosition() + firstToken(task));
    return first / TILE * TILE + part(task) * partLength;
  }

  int part(int task) {
    return task % nParts;
  }

  int kvHead(int task) {
    return task / nParts % op.nKvHeads();
  }

  private int firstToken(int task) {
    return task / nParts / op.nKvHeads() * tokensPerTask;
  }

  private int nTokens(int task) {
    return Math.min(tokensPerTask, rows.rows() - firstToken(task));
  }

  /** Number of rows of scores of a task: tokens times query heads of a key head. */
  int nRows(int task) {
    return nTokens(task) * group;
  }

  /** Number of positions in a task's part that its last token attends to. */
  int columns(int task) {
    int n = rows.startPosition() + firstToken(task) + nTokens(task);
    return Math.min(partLength, n - from(task));
  }

  /** Number of positions in a task's part that the token of its row r attends to. */
  int visible(int task, int r) {
    int n = rows.startPosition() + firstToken(task) + r / group + 1 - from(task);
    return Math.min(n, columns(task));
  }

  /**
   * Number of positions at the beginning of a task's part that the token of its row r does not see.
   */
  int hidden(int task, int r) {
    int position = rows.startPosition() + firstToken(task) + r / group;
    return Math.max(0, op.group().first(position) - from(task));
  }

  /** The query head that is row r of a task, counted over all rows of the pass. */
  int head(int task, int r) {
    return (rows.first() + firstToken(task) + r / group) * op.nHeads()
        + kvHead(task) * group
        + r % group;
  }

  /** Place of the scores of a task's first row; the other rows are {@link #stride} apart. */
  int scoresAt(int task, int worker) {
    return nParts == 1
        ? buffers.scoresOf(worker)
        : buffers.scoresAt(index) + ofToken(head(task, 0)) * stride + part(task) * partLength;
  }

  /**
   * Place of the largest score and the sum of a task's first row; those of the other rows are
   * {@link #softmaxStride} apart.
   */
  int softmaxAt(int task, int worker) {
    return nParts == 1 ? buffers.softmaxOf(worker) : softmaxOfParts(head(task, 0)) + 2 * part(task);
  }

  int softmaxStride() {
    return 2 * nParts;
  }

  /** Place of the softmax of the parts of a head. */
  int softmaxOfParts(int head) {
    return buffers.softmaxAt(index) + ofToken(head) * softmaxStride();
  }

  /**
   * Place of the weighted values of a task's first row; those of the other rows are {@link
   * #sumStride} apart.
   */
  int sumsAt(int task, int worker) {
    return nParts == 1
        ? buffers.sumsOf(worker)
        : sumsOfParts(head(task, 0)) + part(task) * buffers.sumStride();
  }

  int sumStride() {
    return nParts * buffers.sumStride();
  }

  /** Place of the weighted values of the parts of a head. */
  int sumsOfParts(int head) {
    return buffers.partsAt(index) + ofToken(head) * sumStride();
  }

  /** The first query head of the run, counted over all rows of the pass. */
  int firstHead() {
    return rows.first() * op.nHeads();
  }

  private int ofToken(int head) {
    return head - firstHead();
  }
}
