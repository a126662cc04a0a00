/* A ring buffer of integers, as small as it gets. */
#include <stdbool.h>
#include <stdio.h>

#define RING_SIZE 16

struct ring {
    int items[RING_SIZE];
    size_t head, tail; /* the next place to write */
};

enum verdict { EMPTY, FULL = 2 };

typedef struct {
    double mean;
} stats_t;

static bool ring_push(struct ring *ring, int item)
{
    size_t next = (ring->head + 1) % RING_SIZE;
    if (next == ring->tail)
        return false;
    ring->items[ring->head] = item;
    ring->head = next;
    return true;
}

// Says what is in the buffer.
char *ring_describe(const struct ring *ring, char *out)
{
    sprintf(out, "ring of \"%zu\" items // none", ring->head - ring->tail);
    return out;
}

int main(void)
{
    struct ring ring = {0};
    char c = '"';
    ring_push(&ring, c);
    return 0;
}
