// Times upstream LightGBM through its C interface on the panel that run.mjs wrote; prints one JSON object a line.
// Usage: upstream FOLDER ROWS FEATURES THREADS ITERATIONS LEAVES TASK [MODEL]   (TASK: train | predict)
#include <LightGBM/c_api.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

static double cpuSeconds() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_utime.tv_sec + usage.ru_utime.tv_usec * 1e-6 + usage.ru_stime.tv_sec + usage.ru_stime.tv_usec * 1e-6;
}
static double wallSeconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}
static void check(int code) {
  if (code != 0) {
    fprintf(stderr, "%s\n", LGBM_GetLastError());
    exit(1);
  }
}
static std::vector<float> readFloats(const std::string& path) {
  std::ifstream in(path, std::ios::binary | std::ios::ate);
  std::vector<float> values(in.tellg() / sizeof(float));
  in.seekg(0);
  in.read(reinterpret_cast<char*>(values.data()), values.size() * sizeof(float));
  return values;
}
static long peakRssKiB() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

int main(int, char** argv) {
  const std::string folder = argv[1];
  const int rows = atoi(argv[2]), features = atoi(argv[3]), threads = atoi(argv[4]);
  const int iterations = atoi(argv[5]), leaves = atoi(argv[6]);
  const std::string task = argv[7];
  std::vector<float> matrix = readFloats(folder + "/features.f32");
  const long baseKiB = peakRssKiB();
  if (task == "train") {
    std::vector<float> label = readFloats(folder + "/label.f32");
    const std::string params = "objective=regression verbosity=-1 deterministic=true force_col_wise=true num_threads=" +
                               std::to_string(threads) + " num_leaves=" + std::to_string(leaves);
    double cpu = cpuSeconds(), wall = wallSeconds();
    DatasetHandle data;
    check(LGBM_DatasetCreateFromMat(matrix.data(), C_API_DTYPE_FLOAT32, rows, features, 1, params.c_str(), nullptr, &data));
    check(LGBM_DatasetSetField(data, "label", label.data(), rows, C_API_DTYPE_FLOAT32));
    printf("{\"binCpu\":%.4f,\"binWall\":%.4f", cpuSeconds() - cpu, wallSeconds() - wall);
    BoosterHandle booster;
    check(LGBM_BoosterCreate(data, params.c_str(), &booster));
    cpu = cpuSeconds();
    wall = wallSeconds();
    double best = 1e9;
    for (int i = 0; i < iterations; ++i) {
      int finished;
      const double before = wallSeconds();
      check(LGBM_BoosterUpdateOneIter(booster, &finished));
      best = std::min(best, wallSeconds() - before);
    }
    printf(",\"trainCpu\":%.4f,\"trainWall\":%.4f,\"bestIteration\":%.5f", cpuSeconds() - cpu, wallSeconds() - wall, best);
    printf(",\"peakKiB\":%ld,\"baseKiB\":%ld}\n", peakRssKiB(), baseKiB);
    check(LGBM_BoosterSaveModel(booster, 0, -1, 0, argv[8]));
    return 0;
  }
  std::ifstream in(argv[8]);
  const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  double load = 1e9;
  BoosterHandle booster;
  int64_t length;
  for (int i = 0; i < 15; ++i) {
    int count;
    const double before = wallSeconds();
    check(LGBM_BoosterLoadModelFromString(text.c_str(), &count, &booster));
    load = std::min(load, wallSeconds() - before);
  }
  const std::string params = "num_threads=" + std::to_string(threads);
  const int batch = 2000, batches = rows / batch < 100 ? rows / batch : 100;
  std::vector<double> out(batch);
  double bestBatch = 1e9;
  for (int round = 0; round < 300; ++round) {
    const float* start = matrix.data() + static_cast<size_t>(round % batches) * batch * features;
    const double before = wallSeconds();
    check(LGBM_BoosterPredictForMat(booster, start, C_API_DTYPE_FLOAT32, batch, features, 1, C_API_PREDICT_NORMAL, 0, -1,
                                    params.c_str(), &length, out.data()));
    bestBatch = std::min(bestBatch, wallSeconds() - before);
  }
  FastConfigHandle fast;
  check(LGBM_BoosterPredictForMatSingleRowFastInit(booster, C_API_PREDICT_NORMAL, 0, -1, C_API_DTYPE_FLOAT64, features,
                                                   params.c_str(), &fast));
  std::vector<double> sample(matrix.begin(), matrix.begin() + static_cast<size_t>(1000) * features);
  double bestRows = 1e9;
  for (int round = 0; round < 100; ++round) {
    const double before = wallSeconds();
    for (int i = 0; i < 1000; ++i) {
      check(LGBM_BoosterPredictForMatSingleRowFast(fast, sample.data() + static_cast<size_t>(i) * features, &length, out.data()));
    }
    bestRows = std::min(bestRows, (wallSeconds() - before) / 1000);
  }
  printf("{\"loadWall\":%.6f,\"batchWall\":%.7f,\"rowWall\":%.9f}\n", load, bestBatch, bestRows);
  return 0;
}
