/*
 * A slow disk: a read-only FUSE file system that shows another directory and delays each operation.
 *
 * Usage: slow-disk SOURCE MOUNT_POINT CONTROL LOG
 *
 * CONTROL is a file that may change at any time. It contains the delay in milliseconds, or `hang`: then
 * operations wait until it changes. A line is appended to LOG when an operation starts: its name, and for
 * `lookup` the name of the file. `mounted` is written to stdout when the file system is ready.
 *
 * The kernel caches no attributes, names or content, so each stat(2), open(2), read(2) and close(2) is at
 * least one operation. SIGTERM ends the process also while operations wait. The process ends with its parent.
 */
#define FUSE_USE_VERSION FUSE_MAKE_VERSION(3, 12)
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fuse_lowlevel.h>
#include <limits.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

/* A file that the kernel refers to. `fd` is opened with O_PATH, so the number of the inode is not reused. */
struct node {
  int fd;
  dev_t device;
  ino_t inode;
  uint64_t references;
  struct node *next;
};

static struct fuse_session *session;
static const char *control_file;
static int log_fd;
static struct node root = {.references = 1};
static pthread_mutex_t nodes_lock = PTHREAD_MUTEX_INITIALIZER;

/* The delay that the control file asks for. An empty or missing file stands for none. */
static double delay_ms(void) {
  char text[32] = "";
  int fd = open(control_file, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  ssize_t length = read(fd, text, sizeof text - 1);
  close(fd);
  return length >= 4 && strncmp(text, "hang", 4) == 0 ? INFINITY : atof(text);
}

static double now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

/* Waits as the control file says, which is read every 10 ms. Processes that are killed need not wait. */
static void delay(fuse_req_t req, const char *operation, const char *name) {
  dprintf(log_fd, *name ? "%s %s\n" : "%s\n", operation, name);
  double start = now_ms();
  for (;;) {
    double left = delay_ms() - (now_ms() - start);
    if (left <= 0 || fuse_session_exited(session) || fuse_req_interrupted(req)) return;
    usleep((left < 10 ? left : 10) * 1000);
  }
}

static struct node *node_of(fuse_ino_t number) {
  return number == FUSE_ROOT_ID ? &root : (struct node *)number;
}

/* A name of an open file. Unlike O_PATH descriptors, it can be opened for reading. */
static void name_of_node(char name[static 32], fuse_ino_t number) {
  snprintf(name, 32, "/proc/self/fd/%d", node_of(number)->fd);
}

static void slow_lookup(fuse_req_t req, fuse_ino_t parent, const char *name) {
  delay(req, "lookup", name);
  struct fuse_entry_param entry = {0};
  int fd = openat(node_of(parent)->fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0 || fstatat(fd, "", &entry.attr, AT_EMPTY_PATH) < 0) {
    fuse_reply_err(req, errno);
    if (fd >= 0) close(fd);
    return;
  }
  pthread_mutex_lock(&nodes_lock);
  struct node *node = root.next;
  while (node && (node->device != entry.attr.st_dev || node->inode != entry.attr.st_ino)) node = node->next;
  if (node) {
    close(fd);
  } else {
    node = calloc(1, sizeof *node);
    if (!node) abort();
    *node = (struct node){fd, entry.attr.st_dev, entry.attr.st_ino, 0, root.next};
    root.next = node;
  }
  node->references += 1;
  pthread_mutex_unlock(&nodes_lock);
  entry.ino = (fuse_ino_t)node;
  fuse_reply_entry(req, &entry);
}

static void slow_forget(fuse_req_t req, fuse_ino_t number, uint64_t count) {
  pthread_mutex_lock(&nodes_lock);
  struct node *node = node_of(number);
  node->references -= count;
  if (node != &root && node->references == 0) {
    struct node *previous = &root;
    while (previous->next != node) previous = previous->next;
    previous->next = node->next;
    close(node->fd);
    free(node);
  }
  pthread_mutex_unlock(&nodes_lock);
  fuse_reply_none(req);
}

static void slow_getattr(fuse_req_t req, fuse_ino_t number, struct fuse_file_info *file) {
  delay(req, "getattr", "");
  struct stat attributes;
  if (fstatat(node_of(number)->fd, "", &attributes, AT_EMPTY_PATH) < 0) fuse_reply_err(req, errno);
  else fuse_reply_attr(req, &attributes, 0);
}

static void slow_readlink(fuse_req_t req, fuse_ino_t number) {
  delay(req, "readlink", "");
  char target[PATH_MAX + 1];
  ssize_t length = readlinkat(node_of(number)->fd, "", target, PATH_MAX);
  if (length < 0) return (void)fuse_reply_err(req, errno);
  target[length] = '\0';
  fuse_reply_readlink(req, target);
}

static void slow_open(fuse_req_t req, fuse_ino_t number, struct fuse_file_info *file) {
  delay(req, "open", "");
  char name[32];
  name_of_node(name, number);
  int fd = open(name, (file->flags & ~O_NOFOLLOW) | O_CLOEXEC);
  if (fd < 0) return (void)fuse_reply_err(req, errno);
  file->fh = fd;
  file->direct_io = 1;
  if (fuse_reply_open(req, file) == -ENOENT) close(fd); /* The open was interrupted. */
}

static void slow_read(fuse_req_t req, fuse_ino_t number, size_t size, off_t offset,
                      struct fuse_file_info *file) {
  delay(req, "read", "");
  struct fuse_bufvec data = FUSE_BUFVEC_INIT(size);
  data.buf[0].flags = FUSE_BUF_IS_FD | FUSE_BUF_FD_SEEK;
  data.buf[0].fd = file->fh;
  data.buf[0].pos = offset;
  fuse_reply_data(req, &data, 0);
}

/* close(2) waits for this operation, but not for `release`. */
static void slow_flush(fuse_req_t req, fuse_ino_t number, struct fuse_file_info *file) {
  delay(req, "flush", "");
  fuse_reply_err(req, 0);
}

static void slow_release(fuse_req_t req, fuse_ino_t number, struct fuse_file_info *file) {
  delay(req, "release", "");
  close(file->fh);
  fuse_reply_err(req, 0);
}

static void slow_opendir(fuse_req_t req, fuse_ino_t number, struct fuse_file_info *file) {
  delay(req, "opendir", "");
  char name[32];
  name_of_node(name, number);
  DIR *directory = opendir(name);
  if (!directory) return (void)fuse_reply_err(req, errno);
  file->fh = (uintptr_t)directory;
  if (fuse_reply_open(req, file) == -ENOENT) closedir(directory);
}

static void slow_readdir(fuse_req_t req, fuse_ino_t number, size_t size, off_t offset,
                         struct fuse_file_info *file) {
  delay(req, "readdir", "");
  DIR *directory = (DIR *)(uintptr_t)file->fh;
  char buffer[size];
  size_t used = 0;
  seekdir(directory, offset);
  for (struct dirent *entry; (entry = readdir(directory));) {
    struct stat attributes = {.st_ino = entry->d_ino, .st_mode = DTTOIF(entry->d_type)};
    size_t needed =
        fuse_add_direntry(req, buffer + used, size - used, entry->d_name, &attributes, telldir(directory));
    if (needed > size - used) break;
    used += needed;
  }
  fuse_reply_buf(req, buffer, used);
}

static void slow_releasedir(fuse_req_t req, fuse_ino_t number, struct fuse_file_info *file) {
  closedir((DIR *)(uintptr_t)file->fh);
  fuse_reply_err(req, 0);
}

static void slow_statfs(fuse_req_t req, fuse_ino_t number) {
  delay(req, "statfs", "");
  struct statvfs statistics;
  if (fstatvfs(root.fd, &statistics) < 0) fuse_reply_err(req, errno);
  else fuse_reply_statfs(req, &statistics);
}

static void slow_init(void *data, struct fuse_conn_info *connection) {
  puts("mounted");
  fflush(stdout);
}

static const struct fuse_lowlevel_ops operations = {
    .init = slow_init,
    .lookup = slow_lookup,
    .forget = slow_forget,
    .getattr = slow_getattr,
    .readlink = slow_readlink,
    .open = slow_open,
    .read = slow_read,
    .flush = slow_flush,
    .release = slow_release,
    .opendir = slow_opendir,
    .readdir = slow_readdir,
    .releasedir = slow_releasedir,
    .statfs = slow_statfs,
};

int main(int count, char *arguments[]) {
  if (count != 5) return fprintf(stderr, "usage: slow-disk SOURCE MOUNT_POINT CONTROL LOG\n"), 2;
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  struct rlimit files = {.rlim_cur = 65536, .rlim_max = 65536};
  setrlimit(RLIMIT_NOFILE, &files);
  control_file = arguments[3];
  root.fd = open(arguments[1], O_PATH | O_DIRECTORY | O_CLOEXEC);
  log_fd = open(arguments[4], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (root.fd < 0 || log_fd < 0) return perror("slow-disk"), 1;

  char *options[] = {"slow-disk", "-o", "ro,fsname=slow-disk,subtype=slow-disk"};
  struct fuse_args args = FUSE_ARGS_INIT(3, options);
  session = fuse_session_new(&args, &operations, sizeof operations, NULL);
  if (!session || fuse_set_signal_handlers(session) || fuse_session_mount(session, arguments[2])) return 1;

  /* Each operation that waits needs a thread. */
  struct fuse_loop_config *loop = fuse_loop_cfg_create();
  fuse_loop_cfg_set_max_threads(loop, 1000);
  fuse_loop_cfg_set_idle_threads(loop, 10);
  int result = fuse_session_loop_mt(session, loop);
  fuse_session_unmount(session);
  return result == SIGTERM ? 0 : result;
}
