using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace FlowDispatch.Redis;

internal sealed class RedisStoreOptionsValidator : IValidateOptions<RedisStoreOptions>
{
    public ValidateOptionsResult Validate(string? name, RedisStoreOptions options)
    {
        if (options.KeyPrefix is not { Length: >= 1 and <= 50 } || options.KeyPrefix.AsSpan().ContainsAny('{', '}'))
        {
            return ValidateOptionsResult.Fail($"RedisStoreOptions.KeyPrefix is \"{options.KeyPrefix}\"; it must have 1 to 50 characters and no braces.");
        }

        if (options.AcknowledgingReplicas is < 0 or > 10)
        {
            return ValidateOptionsResult.Fail($"RedisStoreOptions.AcknowledgingReplicas is {options.AcknowledgingReplicas}; it must be from 0 to 10.");
        }

        if (string.IsNullOrWhiteSpace(options.Configuration))
        {
            return ValidateOptionsResult.Fail("RedisStoreOptions.Configuration is empty; it must name a server, like \"localhost:6379\".");
        }

        try
        {
            return ConfigurationOptions.Parse(options.Configuration).EndPoints.Count > 0
                ? ValidateOptionsResult.Success
                : ValidateOptionsResult.Fail("RedisStoreOptions.Configuration names no server; it must name one, like \"localhost:6379\".");
        }
        catch (ArgumentException wrong)
        {
            return ValidateOptionsResult.Fail($"RedisStoreOptions.Configuration can't be read: {wrong.Message}");
        }
    }
}
