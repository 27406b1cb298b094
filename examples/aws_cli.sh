#!/bin/sh
# The AWS CLI against a server. Point it at one and run it:
#
#     eval "$(trialbook env)"
#     sh examples/aws_cli.sh
#
# It makes an experiment and two trial components, searches them, asks for suggestions, and copies files to and from
# a bucket. It needs nothing but the `aws` command.
set -eu

run=$(date +%s)-$$
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

step() { printf '\n$ %s\n' "$*"; "$@"; }

# Stops the script unless a command's output is what was expected.
expect() {
    expected=$1
    shift
    printf '\n$ %s\n' "$*"
    output=$("$@")
    printf '%s\n' "$output"
    [ "$output" = "$expected" ] || { printf 'expected: %s\n' "$expected" >&2; exit 1; }
}

step aws sts get-caller-identity --query Account --output text

step aws sagemaker create-experiment --experiment-name "cli-$run" --description "made by the AWS CLI" --output text
expect "made by the AWS CLI" aws sagemaker describe-experiment --experiment-name "cli-$run" --query Description --output text
step aws sagemaker create-trial --trial-name "cli-trial-$run" --experiment-name "cli-$run" --output text
for depth in 3 8; do
    step aws sagemaker create-trial-component --trial-component-name "cli-$run-depth-$depth" \
        --parameters "tree_depth={NumberValue=$depth}" --status PrimaryStatus=Completed --output text
    step aws sagemaker associate-trial-component --trial-name "cli-trial-$run" \
        --trial-component-name "cli-$run-depth-$depth" --output text
    step aws sagemaker-metrics batch-put-metrics --trial-component-name "cli-$run-depth-$depth" \
        --metric-data "MetricName=auc,Timestamp=$(date +%s),Step=1,Value=0.9$depth" --output text
done

expect "cli-$run-depth-8	cli-$run-depth-3" aws sagemaker search --resource ExperimentTrialComponent \
    --search-expression "Filters=[{Name=Parents.ExperimentName,Operator=Equals,Value=cli-$run}]" \
    --sort-by Metrics.auc --sort-order Descending \
    --query "Results[].TrialComponent.TrialComponentName" --output text
expect "cli-$run-depth-8" aws sagemaker search --resource ExperimentTrialComponent \
    --search-expression "Filters=[{Name=Parents.ExperimentName,Operator=Equals,Value=cli-$run},{Name=Parameters.tree_depth,Operator=GreaterThan,Value=5}]" \
    --query "Results[].TrialComponent.TrialComponentName" --output text
step aws sagemaker get-search-suggestions --resource ExperimentTrialComponent \
    --suggestion-query "PropertyNameQuery={PropertyNameHint=tree}" --output text

mkdir "$folder/data"
printf 'a,b\n1,2\n' > "$folder/data/small.csv"
head -c 9000000 /dev/urandom > "$folder/data/large.bin"
step aws s3 mb "s3://cli-$run"
step aws s3 cp --no-progress "$folder/data/small.csv" "s3://cli-$run/in/small.csv"
step aws s3 sync --no-progress "$folder/data" "s3://cli-$run/all"
step aws s3 ls --recursive "s3://cli-$run"
step aws s3 sync --no-progress "s3://cli-$run/all" "$folder/back"
step cmp "$folder/data/small.csv" "$folder/back/small.csv"
step cmp "$folder/data/large.bin" "$folder/back/large.bin"

printf '\nevery step of the AWS CLI ran\n'
