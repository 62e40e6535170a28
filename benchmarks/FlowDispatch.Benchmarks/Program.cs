using FlowDispatch.Benchmarks.Dispatching;
using FlowDispatch.Benchmarks.Flows;
using FlowDispatch.Benchmarks.Peers;
using FlowDispatch.Benchmarks.Templating;
using FlowDispatch.Benchmarks.Tracking;

namespace FlowDispatch.Benchmarks;

internal static class Program
{
    private const string Usage = """
        dispatch --store memory|sqlite|postgres|redis --recipients N --concurrency N [--latency-ms N] [--connection CONNECTION] [--processes N]
            The whole engine once; prints one JSON line. SQLite's connection names a file that does not exist yet; without
            one it is a file in the temporary folder. Either is deleted afterwards. PostgreSQL's names a server, on which a
            database is made and dropped again; without one a server is started, which needs PostgreSQL installed. With
            --processes so many share the run on PostgreSQL or Redis, each sending --concurrency messages at once; the figures
            are of all of them together, the memory is the largest of one.
        receipts --store memory|sqlite|postgres|redis --recipients N --concurrency N [--connection CONNECTION] [--batch N] [--callers N]
            A dispatch, and then receipts for its messages: sent, delivered and read of each, in no order, all of them twice, in
            batches of 1,000 or --batch, handed in by one caller or --callers at once. Measured until everybody's message is read
            and the inbox is empty; prints one JSON line. Stores and connections as above; Redis's names a server, without one
            127.0.0.1:6379, and its keys are deleted afterwards.
        flow --store memory|sqlite|postgres|redis --recipients N --concurrency N [--connection CONNECTION]
            A flow of one message, and then one that asks with the window policy's template, waits for the reply that everybody
            writes at once, and sends a message then; prints one JSON line with what a recipient costs in each.
        peer --peer hangfire --store postgres|redis --recipients N --concurrency N [--latency-ms N] [--connection CONNECTION]
            The same job on Hangfire: a background job a recipient, and a row in PostgreSQL that each of them updates. Prints one
            JSON line. The connection names Hangfire's server, which is left as it was found; without one a server is started,
            and one for the rows where they lie apart.
        variables --bench
            The variable mapping's workloads; prints a JSON line for each.
        micro
            The BenchmarkDotNet suites.
        """;

    private static async Task<int> Main(string[] args)
    {
        try
        {
            switch (args)
            {
                case ["dispatch", .. var options]:
                    await DispatchCommand.RunAsync(Arguments.Read(options, DispatchCommand.Options));
                    return 0;
                case ["join", .. var options]:
                    await JoinCommand.RunAsync(Arguments.Read(options, JoinCommand.Options));
                    return 0;
                case ["receipts", .. var options]:
                    await ReceiptCommand.RunAsync(Arguments.Read(options, ReceiptCommand.Options));
                    return 0;
                case ["flow", .. var options]:
                    await FlowCommand.RunAsync(Arguments.Read(options, FlowCommand.Options));
                    return 0;
                case ["peer", .. var options]:
                    await PeerCommand.RunAsync(Arguments.Read(options, PeerCommand.Options));
                    return 0;
                case ["variables", "--bench"]:
                    VariablesCommand.Run();
                    return 0;
                case ["variables", .. var rest]:
                    throw new UsageException(rest is [] ? "variables needs --bench." : $"variables takes --bench and nothing else, not {string.Join(' ', rest)}.");
                case ["micro"]:
                    return MicroCommand.Run();
                case ["micro", var option, ..]:
                    throw new UsageException($"micro takes no options, not {option}.");
                case ["help" or "--help" or "-h"]:
                    Console.WriteLine(Usage);
                    return 0;
                case [var verb, ..]:
                    throw new UsageException($"{verb} is unknown; the verbs are dispatch, receipts, flow, peer, variables and micro.");
                default:
                    throw new UsageException("A verb is missing: dispatch, receipts, flow, peer, variables or micro.");
            }
        }
        catch (UsageException wrong)
        {
            await Console.Error.WriteLineAsync(wrong.Message);
            return 2;
        }
        catch (InvalidMeasureException broken)
        {
            await Console.Error.WriteLineAsync(broken.Message);
            return 1;
        }
    }
}
